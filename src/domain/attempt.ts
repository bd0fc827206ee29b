/** One attempt of a call to the outside. */
export interface Attempt {
  /** As people read it: `heat`, or `the cluster's Kubernetes API`. */
  readonly service: string;
  /** Method and path, without the query. */
  readonly call: string;
}

/** Told that an attempt has ended, and why in vain when it is made again. */
export type AttemptEnded = (problem: string | null) => void;
