import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { apiErrorSchema } from './api-error.schema.js';

/** The OpenAPI 3 document of every route, made from the same schemas that validate requests and type answers. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Jeroboam')
    .setDescription("Magnum's API (microversions 1.1 to 1.14) and what Jeroboam adds to it.")
    .setVersion('1.14')
    .setOpenAPIVersion('3.0.3')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Auth-Token', description: 'Keystone token' }, 'token')
    .addSecurityRequirements('token')
    .addGlobalParameters({
      in: 'header',
      name: 'OpenStack-API-Version',
      required: false,
      description: "'container-infra 1.1' to 'container-infra 1.14', or 'container-infra latest'; without it 1.1",
      schema: { type: 'string' },
    });
  const document = SwaggerModule.createDocument(app, builder.build(), { standardSchemaConverter: convertSchema, autoTagControllers: false });
  return withErrors(document);
}

/** Named schemas (`.meta({ id })`) become components; requests are described as they come in, answers as they go out. */
function convertSchema(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }): { schema: unknown; components: Record<string, unknown> } | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { definitions, ...converted } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: schemaType, unrepresentable: 'any' });
  delete converted.$schema;
  return { schema: converted, components: (definitions ?? {}) as Record<string, unknown> };
}

/** Every call may end in Magnum's error body. */
function withErrors(document: OpenAPIObject): OpenAPIObject {
  const converted = convertSchema(apiErrorSchema, { schemaType: 'output' });
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...(converted?.components as Record<string, object>) } };
  const refused = { description: 'The request was refused', content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } } };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.patch, path.delete]) {
      if (operation) operation.responses['default'] = refused;
    }
  }
  return document;
}
