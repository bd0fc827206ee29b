/** What a cloud must hold before the scenario runs: the names differ from cloud to cloud, the roles they play do not. */
export interface World {
  /** With `/v3`, without a slash at the end. */
  readonly authUrl: string;
  readonly password: string;
  /** A public image with `os_distro`, and one without. */
  readonly imageName: string;
  readonly imageWithoutDistroName: string;
  /** 2 CPUs, 2048 MB, 20 GB. */
  readonly flavorName: string;
  /** Belongs to the user demo. */
  readonly keypairName: string;
  readonly publicNetworkName: string;
  /** The domain in which clusters' users are made, and the service user (project `service`, roles admin and service) who makes them. */
  readonly userDomainName: string;
  readonly serviceUserName: string;
}

/** The real OpenStack the recordings come from. */
export function recordedWorld(authUrl: string, password: string): World {
  return {
    authUrl,
    password,
    imageName: 'ubuntu',
    imageWithoutDistroName: 'no-distro',
    flavorName: 'm1.small',
    keypairName: 'lab',
    publicNetworkName: 'public',
    userDomainName: 'magnum',
    serviceUserName: 'magnum',
  };
}

/** The simulator's seeds. */
export function simulatedWorld(authUrl: string, password: string): World {
  return {
    authUrl,
    password,
    imageName: 'ubuntu-2404-kube-v1.32.4',
    imageWithoutDistroName: 'no-distro',
    flavorName: 'm1.small',
    keypairName: 'demo',
    publicNetworkName: 'public',
    userDomainName: 'jeroboam',
    serviceUserName: 'jeroboam',
  };
}
