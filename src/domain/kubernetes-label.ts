const valuePattern = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const keyPattern = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Whether Kubernetes takes the text as the key of a label or taint: a name of at most 63 characters, perhaps after a DNS name and a slash. */
export const isLabelKey = (text: string): boolean => keyPattern.test(text);

/** The same for the value of a label or taint, which may be empty. */
export const isLabelValue = (text: string): boolean => valuePattern.test(text);

/** What tools of Magnum's world find nodes by: every node has both, and nobody else sets them. */
export const roleLabel = 'magnum.openstack.org/role';
export const nodeGroupLabel = 'magnum.openstack.org/nodegroup';
