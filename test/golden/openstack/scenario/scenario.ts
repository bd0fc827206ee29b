import type { Topic } from '../exchange.js';
import { clusterUsers } from './cluster-users.js';
import { clusterStacks } from './cluster-stacks.js';
import { facade } from './facade.js';
import { imagesAndFlavors } from './images-flavors.js';
import { loadBalancers } from './load-balancers.js';
import { machines } from './machines.js';
import { networks } from './networks.js';
import { stackFailures } from './stack-failures.js';
import { stackFunctions } from './stack-functions.js';
import { stackRefusals } from './stack-refusals.js';
import { stackValidation } from './stack-validation.js';
import { strangers } from './strangers.js';
import { surroundings } from './surroundings.js';
import { tokens } from './tokens.js';

/** Everything, in the order in which it is played. Each topic deletes what it made. */
export const scenario: readonly Topic[] = [surroundings, tokens, clusterUsers, imagesAndFlavors, networks, machines, stackValidation, stackRefusals, clusterStacks, stackFunctions, stackFailures, loadBalancers, strangers, facade];
