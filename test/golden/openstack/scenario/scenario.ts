import type { Topic } from '../exchange.js';
import { clusterUsers } from './cluster-users.js';
import { imagesAndFlavors } from './images-flavors.js';
import { machines } from './machines.js';
import { networks } from './networks.js';
import { surroundings } from './surroundings.js';
import { tokens } from './tokens.js';

/** Everything, in the order in which it is played. Each topic deletes what it made. */
export const scenario: readonly Topic[] = [surroundings, tokens, clusterUsers, imagesAndFlavors, networks, machines];
