import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One script under many names. It opens a connection with bash's own /dev/tcp (no further process: about 3 ms of CPU),
 * hands over its name, arguments and folder, and prints what comes back. Fields end with NUL, which no argument can hold.
 * The exit code -1 asks it to run the host's command of that name, which comes later on PATH.
 */
const script = (bash: string): string => `#!${bash}
LC_ALL=C
: "\${NODE_ROOT:?is not set: this command works inside a simulated machine only}"
IFS=' ' read -r host port key < "\${NODE_ROOT%/root}/channel" || exit 127
{ exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || { echo "\${0##*/}: the simulator does not answer" >&2; exit 127; }
input=
for word; do case $word in -|/dev/stdin) input=$(cat); break;; esac; done
printf '%s\\0' "$key" "\${0##*/}" "$PWD" "$input" "\${KUBECONFIG-}" "\${HTTPS_PROXY-\${https_proxy-}}" "\${NO_PROXY-\${no_proxy-}}" "$#" "$@" >&3
IFS=' ' read -r status out err <&3 || { echo "\${0##*/}: the machine went away" >&2; exit 137; }
if (( out > 0 )); then IFS= read -r -d '' -N "$out" text <&3; printf %s "$text"; fi
if (( err > 0 )); then IFS= read -r -d '' -N "$err" text <&3; printf %s "$text" >&2; fi
exec 3>&-
if (( status == -1 )); then
  PATH=\${PATH#*:}
  exec "\${0##*/}" "$@"
fi
exit "$status"
`;

/** Writes the script and a link for each command; links of an older version go. Returns the folder for PATH. */
export function writeStandIns(folder: string, bash: string, commands: string[]): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'stand-in'), script(bash));
  chmodSync(join(folder, 'stand-in'), 0o755);
  for (const name of readdirSync(bin)) if (!commands.includes(name)) rmSync(join(bin, name));
  for (const command of commands) linkStandIn(folder, bin, command);
  return bin;
}

/** Makes `bin/command` lead to the script in `folder`, unless it does already. */
export function linkStandIn(folder: string, bin: string, command: string): void {
  const link = join(bin, command);
  const target = join(folder, 'stand-in');
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target) return;
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
