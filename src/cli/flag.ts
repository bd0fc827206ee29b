import { Option } from 'commander';

/** Flags that contradict each other, or the rest of the command. */
export class ContradictionError extends Error {}

interface Meaning {
  /** The option's name in the command's options; several flags may share one. */
  readonly sets: string;
  readonly to: boolean;
  /** Of all flags that set the same, one may be given, and once; otherwise the last one wins. */
  readonly once?: boolean;
}

/** One of a family of flags that set one value, like `--hidden` and `--visible`. */
export class Flag extends Option {
  constructor(
    name: string,
    description: string,
    private readonly meaning: Meaning,
  ) {
    super(name, description);
    this.argParser<boolean | undefined>((_, previous) => {
      if (meaning.once === true && previous !== undefined) throw new ContradictionError(`${name} is one flag too many: give it or its opposite, once.`);
      return meaning.to;
    });
  }

  override attributeName(): string {
    return this.meaning.sets;
  }
}
