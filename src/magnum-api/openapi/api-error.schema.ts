import { z } from 'zod';

/** Magnum's error body; `title` is the detail up to its first full stop. The exact code travels in X-Jeroboam-Error. */
export const apiErrorSchema = z
  .object({
    errors: z.array(
      z.object({
        request_id: z.string().optional(),
        code: z.string(),
        status: z.int().optional(),
        title: z.string(),
        detail: z.string().optional(),
        links: z.array(z.object({ rel: z.string(), href: z.string() })),
      }),
    ),
  })
  .meta({ id: 'ApiError' });
