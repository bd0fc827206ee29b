import { createGuestWorld, eventually, server } from './guest-world.js';
import { existsSync, readFileSync } from 'node:fs';

/** A simulator with one machine, to be killed: `run-machine.js DATA_DIR`. Prints the pid of the machine's service when it runs. */
const [, , dataDir = ''] = process.argv;
const world = createGuestWorld(dataDir);
const unit = `[Service]\nExecStart=/bin/bash -c 'echo $$$$ >"$$NODE_ROOT/pid"; sleep 1000 & wait'\n[Install]\nWantedBy=multi-user.target\n`;
const config = { write_files: [{ path: '/etc/systemd/system/work.service', content: unit }], runcmd: [['systemctl', 'enable', '--now', 'work']] };
world.guests.start(server({ id: 'one', userData: `#cloud-config\n${JSON.stringify(config)}` }));
const file = world.rootPath('one', 'pid');
await eventually('the service runs', () => existsSync(file) && readFileSync(file, 'utf8').trim() !== '');
process.stdout.write(readFileSync(file, 'utf8'));
