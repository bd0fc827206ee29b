/** Who a request comes from. */
export interface User {
  name: string;
  groups: string[];
}

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

export const authenticated = (name: string, groups: string[]): User => ({ name, groups: [...groups, 'system:authenticated'] });
