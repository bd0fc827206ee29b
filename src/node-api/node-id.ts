const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be a node's id at all (PostgreSQL refuses to compare anything else with a uuid). */
export const identifyNode = (text: string): boolean => uuid.test(text);
