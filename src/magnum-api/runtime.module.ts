import { Global, Module, type DynamicModule } from '@nestjs/common';
import { OPENAPI_DOCUMENT, OpenApiHolder } from './openapi/openapi-holder.js';
import { RUNTIME, type Runtime } from './runtime.js';

/** What the process plugs in, for every module. */
@Global()
@Module({})
export class RuntimeModule {
  static of(runtime: Runtime): DynamicModule {
    return {
      module: RuntimeModule,
      providers: [
        { provide: RUNTIME, useValue: runtime },
        { provide: OPENAPI_DOCUMENT, useValue: new OpenApiHolder() },
      ],
      exports: [RUNTIME, OPENAPI_DOCUMENT],
    };
  }
}
