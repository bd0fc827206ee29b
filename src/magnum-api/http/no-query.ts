import { z } from 'zod';

/** A call without query parameters: any is 400 (rest-api 4.0). */
export const noQuerySchema = z.strictObject({});
