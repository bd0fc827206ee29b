export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Left out where a figure is only what another one is made of. */
  readonly goal?: number;
  readonly better: 'lower' | 'higher';
  /** What was measured beside it in the same run, where a figure is a comparison. */
  readonly against?: string;
}

/** One JSON object a line on stdout; readers take the lines that begin with a brace. */
export const printFigure = (figure: Figure): void => console.log(JSON.stringify({ ...figure, value: Number(figure.value.toFixed(3)) }));
