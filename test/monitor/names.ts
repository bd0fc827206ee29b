/** Names as design and documents promise them to operators; written down here once more, because nothing of ours is imported. */
const id = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const userPattern = new RegExp(`^jeroboam-(${id})$`);
const tagPattern = new RegExp(`^jeroboam-cluster-(${id})$`);
const stackPattern = new RegExp(`^jb-(${id})-`);

/** The service credential with which clusters' users are made. */
const serviceUser = 'jeroboam';

export const clusterOfUser = (name: string): string | undefined => userPattern.exec(name)?.[1];

/** By its tag, or by its name when it lost or never had one. */
export const clusterOfStack = ({ name, tags }: { readonly name: string; readonly tags: readonly string[] }): string | undefined =>
  tags.flatMap((tag) => tagPattern.exec(tag)?.[1] ?? [])[0] ?? stackPattern.exec(name)?.[1];

/** The product acts as its service credential or as a cluster's own user. */
export const isOurUser = (name: string): boolean => name === serviceUser || userPattern.test(name);

export const clusterTag = (clusterId: string): string => `jeroboam-cluster-${clusterId}`;
