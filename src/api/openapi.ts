/** How is the API described to machines? The OpenAPI document, made from the declarations that also validate. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi'
import { z } from 'zod'
import { type ErrorCode, errorKinds } from '../core/errors.js'
import { doorDescription } from './door/door-description.js'
import { contextStreamDescription } from './drafting/mount-context-stream.js'
import { type Format, mediaTypes } from './http/media-type.js'
import { commonProblems, groupByStatus, problemMediaType, problemSchema } from './http/problem.js'
import { partialSchema } from './partial-answer.js'
import type { Route, Upload } from './route.js'
import { version } from './version.js'

type Responses = RouteConfig['responses']

/** The document for the routes that are served. */
export function describeApi(routes: readonly Route[], needsKeys: boolean): object {
  const registry = new OpenAPIRegistry()
  for (const route of routes) {
    if (route.upload) registry.registerPath(describeUpload(route, route.upload))
    else if (route.linkMethod !== null) registry.registerPath(describeLink(route, route.linkMethod))
    if (route.schemas.hasBody) registry.registerPath(describeBody(route))
  }
  registry.registerPath({
    ...contextStreamDescription,
    responses: {
      ...contextStreamDescription.responses,
      ...describeProblems([...commonProblems, 'unknown-index', 'bad-pattern', 'too-large', 'unsupported-media-type']),
    },
  })
  registry.registerPath(doorDescription)
  for (const path of describeHealth()) registry.registerPath(path)
  if (needsKeys) registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
  const description = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'omnigram',
      version,
      description:
        'How often a string occurs in a corpus, where, in which documents, what follows it. Every count is exact.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // Relative: the document is right behind every proxy.
    servers: [{ url: '/' }],
    ...(needsKeys && { security: [{ key: [] }] }),
  })
  return mendTuples(description) as object
}

/** Tools that read such documents take tuples for errors, so each is an array of fixed length. */
function mendTuples(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mendTuples)
  if (typeof value !== 'object' || value === null) return value
  const { prefixItems, ...rest } = value as Readonly<Record<string, unknown>>
  const mended = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, mendTuples(inner)]))
  if (!Array.isArray(prefixItems)) return mended
  const places = [...new Set(prefixItems.map((place) => JSON.stringify(mendTuples(place))))].map((text) =>
    JSON.parse(text),
  )
  const items = places.length === 1 ? places[0] : { anyOf: places }
  return { ...mended, items, minItems: prefixItems.length, maxItems: prefixItems.length }
}

function describeBody(route: Route): RouteConfig {
  const { request } = route.schemas
  return {
    ...describeCommon(route, 'post', ['too-large', 'unsupported-media-type']),
    request: {
      params: z.object({}).extend(shapeOf(route.schemas.params)),
      body: { required: true, content: contentOf(['json', 'msgpack'], request) },
    },
  }
}

function describeLink(route: Route, method: NonNullable<Route['linkMethod']>): RouteConfig {
  const described = describeCommon(route, lowerCase(method), [])
  return {
    ...described,
    ...(route.schemas.hasBody && { operationId: `${route.operationId}ByLink`, summary: `${route.summary}, by link` }),
    request: describeAddress(route),
    responses: {
      ...described.responses,
      ...(method === 'GET' && { 304: { description: 'The client has this answer already.' } }),
    },
  }
}

function describeUpload(route: Route, { mediaTypes: types, example }: Upload): RouteConfig {
  const schema = { type: 'string' as const, format: 'binary' }
  return {
    ...describeCommon(route, 'post', ['too-large', 'unsupported-media-type']),
    request: {
      ...describeAddress(route),
      body: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema, example }])) },
    },
  }
}

function describeAddress({ schemas: { params, query } }: Route) {
  return { params: z.object(shapeOf(params)), query: z.object(query ? shapeOf(query) : {}) }
}

function lowerCase(method: NonNullable<Route['linkMethod']>) {
  return method.toLowerCase() as Lowercase<typeof method>
}

function shapeOf(schema: z.ZodType): z.ZodRawShape {
  return schema instanceof z.ZodObject ? schema.shape : {}
}

function describeCommon(
  route: Route,
  method: 'get' | 'put' | 'post' | 'delete',
  problems: readonly ErrorCode[],
): RouteConfig {
  return {
    method,
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    operationId: route.operationId,
    summary: route.summary,
    description: route.description,
    tags: [route.tag],
    responses: {
      [route.status]: { description: 'The answer.', content: contentOf(route.formats, describeAnswer(route)) },
      ...describeProblems([...commonProblems, ...route.problems, ...problems]),
    },
  }
}

function describeAnswer({ schemas: { request, answer } }: Route): z.ZodType {
  return 'partial' in shapeOf(request) ? z.union([answer, partialSchema]) : answer
}

function contentOf(formats: readonly Format[], schema: z.ZodType) {
  return Object.fromEntries(
    formats.map((format) => {
      const isNested = format === 'json' || format === 'msgpack'
      return [mediaTypes[format], { schema: isNested ? schema : z.string() }]
    }),
  )
}

export function describeProblems(codes: readonly ErrorCode[]): Responses {
  return Object.fromEntries(
    [...groupByStatus(codes)].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${errorKinds[code].title}`).join('\n\n'),
        content: { [problemMediaType]: { schema: problemSchema } },
      },
    ]),
  )
}

function describeHealth(): RouteConfig[] {
  const status = z.object({ status: z.string(), version: z.string() })
  const kind = z.object({
    code: z.string(),
    status: z.number().int(),
    title: z.string(),
    hint: z.string(),
    retryable: z.boolean(),
  })
  const json = (schema: z.ZodType) => ({ description: 'The answer.', content: { [mediaTypes.json]: { schema } } })
  return [
    {
      method: 'get',
      path: '/',
      operationId: 'showPages',
      summary: 'The pages for people',
      tags: ['operation'],
      responses: {
        200: { description: 'The search page.', content: { 'text/html': { schema: z.string() } } },
        302: { description: 'To the reference of the API, where the pages are not installed.' },
      },
    },
    {
      method: 'get',
      path: '/livez',
      operationId: 'isLive',
      summary: 'Whether the process answers',
      tags: ['operation'],
      responses: { 200: json(status) },
    },
    {
      method: 'get',
      path: '/readyz',
      operationId: 'isReady',
      summary: 'Whether new requests are wanted',
      tags: ['operation'],
      responses: { 200: json(status), ...describeProblems(['overloaded']) },
    },
    {
      method: 'get',
      path: '/problems/{code}',
      operationId: 'describeProblem',
      summary: 'What a kind of problem means',
      tags: ['operation'],
      request: { params: z.object({ code: z.string() }) },
      responses: { 200: json(kind), ...describeProblems(['bad-argument', 'unknown-route']) },
    },
  ]
}
