# syntax=docker/dockerfile:1
# One image for every role: set ROLE=api or ROLE=worker. Needs DATABASE_URL; the embedded PostgreSQL stays out.
ARG NODE_VERSION=24.21.0
ARG PNPM_VERSION=12.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS build
ARG PNPM_VERSION
WORKDIR /app
ENV CI=1 PRISMA_SCHEMA_ENGINE_BINARY=/bin/true
RUN npm install --global --ignore-scripts pnpm@${PNPM_VERSION}
COPY . .
RUN pnpm install --frozen-lockfile \
 && pnpm --filter @metergate/db run generate \
 && pnpm --filter @metergate/console exec vite build

# The same folder with what runs in production only; the generated client and the built console are kept.
FROM build AS runtime-files
RUN rm -rf node_modules apps/*/node_modules packages/*/node_modules catalogs/node_modules e2e bench \
 && pnpm install --frozen-lockfile --prod --no-optional \
      --filter "@metergate/api..." --filter "@metergate/cli..."

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=runtime-files --chown=root:root /app /app
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process: it hears SIGTERM and drains.
# The room for new objects grows to twice this and is never given back (docs/adr/0084-bodies-have-a-room.md).
CMD ["node", "--max-semi-space-size=8", "apps/api/src/main.ts"]
