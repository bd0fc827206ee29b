/** A machine that a load balancer hands connections to. */
export interface Backend {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** 0 = gets no new connections. */
  readonly weight: number;
  readonly isBackup: boolean;
  readonly monitorAddress: string | null;
  readonly monitorPort: number | null;
}

/** How a pool's machines are looked at. */
export interface Monitor {
  readonly type: string;
  readonly delaySeconds: number;
  readonly timeoutSeconds: number;
  readonly method: string;
  readonly path: string;
  /** As Octavia writes them: `200`, `200,202` or `200-204`. */
  readonly expectedCodes: string;
}

/** One listener of one load balancer, with all that is needed to play it. */
export interface Front {
  /** The listener's id. */
  readonly id: string;
  readonly loadBalancerId: string;
  /** Neutron's port with the virtual address. */
  readonly vipPortId: string;
  readonly port: number;
  /** Null = everybody may connect. */
  readonly allowedCidrs: readonly string[] | null;
  readonly algorithm: string;
  readonly backends: readonly Backend[];
  readonly monitor: Monitor | undefined;
}
