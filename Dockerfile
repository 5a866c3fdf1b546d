# One image for all parts: worker, cluster build, shard-server, serve. Build it at the root of a checkout:
#   docker build -t omnigram:latest .
FROM rust:1.95-bookworm AS build
COPY --from=node:22-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:22-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /omnigram
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf native/target .omnigram
# Volumes take their owner from these.
RUN mkdir -p /empty/cache /empty/scratch

FROM gcr.io/distroless/nodejs22-debian12:nonroot
WORKDIR /omnigram
COPY --from=build /omnigram/package.json ./
COPY --from=build /omnigram/node_modules node_modules
COPY --from=build /omnigram/dist dist
COPY --from=build /omnigram/native/fmindex-node native/fmindex-node
COPY --from=build /omnigram/native/llama-node native/llama-node
COPY --from=build /omnigram/web/dist web/dist
COPY --from=build --chown=65532:65532 /empty/ /
ENV NODE_ENV=production OMNIGRAM_CACHE=/cache
ENTRYPOINT ["/nodejs/bin/node", "/omnigram/dist/cli/main.js"]
CMD ["help"]
