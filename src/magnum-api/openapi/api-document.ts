import 'reflect-metadata';
import { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { createDataSource } from '../../database/data-source.js';
import { SecretStore } from '../../database/secret-store.js';
import { configSchema } from '../../config/config.js';
import { cloudOptions } from '../../openstack/cloud-options.js';
import { createCloud } from '../../openstack/cloud.js';
import { SealingKeyRing } from '../../secrets/sealing.js';
import { MagnumApiModule } from '../magnum-api.module.js';
import { describeApi } from './describe-api.js';

/** The OpenAPI document without a running service: the module graph is built, nothing is connected to. */
export async function apiDocument(): Promise<object> {
  const config = configSchema.parse({
    DATABASE_URL: 'postgres://localhost/unused',
    OS_AUTH_URL: 'http://localhost/v3',
    OS_USERNAME: 'unused',
    OS_PASSWORD: 'unused',
  });
  const cloud = createCloud(cloudOptions(config));
  const runtime = {
    config,
    dataSource: createDataSource(config.DATABASE_URL, 1),
    cloud,
    drivers: [],
    queue: { wake: () => Promise.resolve() },
    secrets: new SecretStore(new SealingKeyRing([{ id: 'unused', key: Buffer.alloc(32) }])),
    log: pino({ level: 'silent' }),
  };
  const options = Object.assign(new NestApplicationContextOptions(), { logger: false as const, abortOnError: false });
  const app = await NestFactory.create(MagnumApiModule.of(runtime), new FastifyAdapter(), options);
  await app.init();
  const document = describeApi(app);
  await app.close();
  await cloud.close();
  return document;
}
