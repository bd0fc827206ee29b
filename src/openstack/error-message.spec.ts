import { describe, expect, it } from '@jest/globals';
import { errorMessage } from './error-message.js';

describe('errorMessage', () => {
  it.each([
    ['Keystone', '{"error": {"code": 404, "message": "Could not find user: x.", "title": "Not Found"}}', 'Could not find user: x.'],
    ['Nova', '{"itemNotFound": {"code": 404, "message": "Instance x could not be found."}}', 'Instance x could not be found.'],
    ['Cinder', '{"overLimit": {"code": 413, "message": "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded", "retryAfter": "0"}}', 'VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded'],
    ['Neutron', '{"NeutronError": {"type": "NetworkNotFound", "message": "Network x could not be found.", "detail": ""}}', 'Network x could not be found.'],
    ['Neutron with plain text', '{"NeutronError": "Request Failed: internal server error"}', 'Request Failed: internal server error'],
    ['Heat', '{"code": 409, "title": "Conflict", "explanation": "There was a conflict.", "error": {"type": "StackExists", "message": "The Stack (x) already exists.", "traceback": null}}', 'The Stack (x) already exists.'],
    ['Magnum', '{"errors": [{"status": 404, "code": "client", "links": [], "title": "No", "detail": "No such cluster.", "request_id": ""}]}', 'No such cluster.'],
    ['Glance', '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n  No image found with ID &lt;x&gt;<br /><br />\n </body>\n</html>', 'No image found with ID <x>'],
    ['plain text', 'Authentication  required\n', 'Authentication required'],
    ['nothing', '', 'no explanation'],
    ['an empty object', '{}', 'no explanation'],
    ['half a JSON text', '{"error": ', '{"error":'],
  ])("finds %s's words", (_, body, message) => {
    expect(errorMessage(body, 'no explanation')).toBe(message);
  });

  it('is never longer than a person reads', () => {
    expect(errorMessage('x'.repeat(100_000), '')).toHaveLength(1001);
  });
});
