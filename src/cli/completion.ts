import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';
export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** A place in the command tree, and the words that may follow there. */
interface Place {
  /** Commands typed so far, without options: `cluster template`. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

/** A script that completes the commands and options of a program; made from its tree, so it never lags behind. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, []);
  switch (shell) {
    case 'bash':
      return bashScript(program.name(), places);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(program.name(), places)}`;
    case 'fish':
      return fishScript(program.name(), places);
  }
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const { commands, options } = command;
  const long = options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
  const here = { path: path.join(' '), commands: commands.map((child) => child.name()), options: [...long, '--help'] };
  return [here, ...commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

/** Words that are no command (names of clusters) leave the place as it is. */
function bashScript(name: string, places: readonly Place[]): string {
  return `_${name}() {
  local word next place= current=\${COMP_WORDS[COMP_CWORD]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${place:+$place }$word"
    case "$next" in
      ${places.flatMap(({ path }) => (path === '' ? [] : [`"${path}"`])).join('|')}) place=$next ;;
    esac
  done
  case "$place" in
${places.map(({ path, commands, options }) => `    "${path}") COMPREPLY=($(compgen -W '${[...commands, ...options].join(' ')}' -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _${name} ${name}
`;
}

function fishScript(name: string, places: readonly Place[]): string {
  const at = `__${name}_at`;
  const lines = places.flatMap(({ path, commands, options }) => [
    ...(commands.length > 0 ? [`complete -c ${name} -f -n "${at} '${path}'" -a '${commands.join(' ')}'`] : []),
    ...options.map((option) => `complete -c ${name} -n "${at} '${path}'" -l ${option.slice(2)}`),
  ]);
  return `function ${at}
  set -l place
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case ${places.flatMap(({ path }) => (path === '' ? [] : [`'${path.includes(' ') ? '' : ' '}${path}'`])).join(' ')}
        set place (string trim "$place $word")
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
`;
}
