/** What child processes need of this one's environment; nothing of OS_* or JEROBOAM_*, so that a shell's settings change no test. */
export function systemEnvironment(): Record<string, string> {
  const wanted = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER', 'SHELL'];
  return Object.fromEntries(wanted.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
