/** What etcd answers to what it will not do: gRPC's code and its own sentence (recorded in test/golden/etcd). */
export interface EtcdRefusal {
  refusal: string;
  code: number;
}

const grpc = { invalidArgument: 3, notFound: 5, failedPrecondition: 9, unavailable: 14 } as const;

const refusal = (code: number, text: string): EtcdRefusal => ({ refusal: `etcdserver: ${text}`, code });

export const refusals = {
  memberNotFound: refusal(grpc.notFound, 'member not found'),
  peerUrlExists: refusal(grpc.failedPrecondition, 'Peer URLs already exists'),
  badUrls: refusal(grpc.invalidArgument, 'given member URLs are invalid'),
  unhealthy: refusal(grpc.unavailable, 'unhealthy cluster'),
  notEnoughStarted: refusal(grpc.failedPrecondition, 're-configuration failed due to not enough started members'),
  tooManyLearners: refusal(grpc.failedPrecondition, 'too many learner members in cluster'),
  notALearner: refusal(grpc.failedPrecondition, 'can only promote a learner member'),
  learnerNotReady: refusal(grpc.failedPrecondition, 'can only promote a learner member which is in sync with leader'),
  notLeader: refusal(grpc.failedPrecondition, 'not leader'),
  badTransferee: refusal(grpc.failedPrecondition, 'bad leader transferee'),
  notForLearners: refusal(grpc.unavailable, 'rpc not supported for learner'),
} as const satisfies Record<string, EtcdRefusal>;

export const isRefusal = (value: object | undefined): value is EtcdRefusal => value !== undefined && 'refusal' in value;

/** The gateway's HTTP status for a gRPC code, as etcd 3.4 was recorded; newer gateways say 400 for a failed precondition too. */
export function httpStatusOf(code: number): number {
  switch (code) {
    case grpc.invalidArgument:
      return 400;
    case grpc.failedPrecondition:
      return 412;
    case grpc.notFound:
      return 404;
    case grpc.unavailable:
      return 503;
    default:
      return 500;
  }
}
