/** Where is a bucket, and who asks? From an address and the environment that other S3 tools read too. */
import { OmnigramError } from '../../core/errors.js'

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface S3Settings {
  readonly address: string
  readonly bucket: string
  /** Empty, or ends in a slash. */
  readonly prefix: string
  /** URL of the bucket, with a slash at its end. */
  readonly bucketUrl: string
  readonly region: string
  /** Null: requests are not signed, as public buckets allow. */
  readonly credentials: S3Credentials | null
}

type Environment = Readonly<Record<string, string | undefined>>

const addressForm = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/i
const prefixForm = /^[A-Za-z0-9!_.*'()/=+@:-]*$/

/**
 * `s3://bucket/prefix`, with `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` for stores other than Amazon's (the bucket is then in
 * the path), `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
 *
 * Throws `bad-argument` for an address, an endpoint or half of a key.
 */
export function readS3Settings(address: string, environment: Environment = process.env): S3Settings {
  const match = addressForm.exec(address)
  const path = (match?.[2] ?? '').replace(/^\/+|\/+$/g, '')
  if (!match || !prefixForm.test(path) || path.split('/').some((part) => part === '.' || part === '..')) {
    throw new OmnigramError('bad-argument', `${JSON.stringify(address)} is not an address such as s3://bucket/prefix.`)
  }
  const bucket = match[1]
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1'
  return {
    address: path === '' ? `s3://${bucket}` : `s3://${bucket}/${path}`,
    bucket,
    prefix: path === '' ? '' : `${path}/`,
    bucketUrl: findBucket(bucket, region, environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL || null),
    region,
    credentials: readCredentials(environment),
  }
}

function findBucket(bucket: string, region: string, endpoint: string | null): string {
  if (endpoint === null) {
    // A dot in the name would not fit the certificate.
    return bucket.includes('.')
      ? `https://s3.${region}.amazonaws.com/${bucket}/`
      : `https://${bucket}.s3.${region}.amazonaws.com/`
  }
  if (!/^https?:\/\/[^/]/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new OmnigramError('bad-argument', `AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}, not an http address.`)
  }
  return `${endpoint.replace(/\/+$/, '')}/${bucket}/`
}

function readCredentials(environment: Environment): S3Credentials | null {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (!AWS_ACCESS_KEY_ID && !AWS_SECRET_ACCESS_KEY) return null
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    const missing = AWS_ACCESS_KEY_ID ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'
    throw new OmnigramError('bad-argument', `${missing} is not set, the other half of the key is.`)
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  }
}
