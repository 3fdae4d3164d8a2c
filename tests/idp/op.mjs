// oidc-provider (certified) as the tests' main identity provider: one process, one JSON line on stdout when it is
// ready, one per event after that. Any login name and password will do. Ends when its standard input does.
//
// Options of the start come as JSON in OP_OPTS; POST /__control changes what may change while it runs:
// accessTtl idTtl refreshTtl rotate alwaysRefresh dpopNonce down delayMs; newKeys (all signing keys are replaced);
// deviceInterval (seconds between two questions about a device; five if not said);
// The option assertionKeys (public JWKs) lets clients present assertions that are signed with one of them (RFC 7523).
// edits (of good token answers, by grant type: {"refresh_token": {"id_token": null}} leaves that member out).
import http from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose'; // what oidc-provider itself verifies with
import Provider, { errors } from 'oidc-provider';
import { createMemoryAdapter } from './node_modules/oidc-provider/lib/adapters/memory_adapter.js'; // not exported

const options = {
  accessTtl: 3600, idTtl: 3600, refreshTtl: 86400, rotate: true, alwaysRefresh: false, dpopNonce: false,
  requirePar: false, clients: [], webRedirects: [], backchannelLogoutUri: null, down: 0, delayMs: 0, edits: {}, deviceInterval: 0,
  assertionKeys: [],
  ...JSON.parse(process.env.OP_OPTS || '{}'),
};
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

let answer = (_request, response) => { response.statusCode = 503; response.end(); };
const server = http.createServer((request, response) => answer(request, response));
await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); }); // bound before the issuer is known
const issuer = `http://127.0.0.1:${server.address().port}`;

const signingKey = (pair, kid) => ({ ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', kid });
const API = 'urn:demo:api';
const CODE = ['authorization_code', 'refresh_token'];
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const native = { application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/callback'], grant_types: CODE };
const webRedirects = ['http://127.0.0.1:8000/auth/callback', 'http://localhost:8000/auth/callback', ...options.webRedirects];
const backchannel = options.backchannelLogoutUri
  ? { backchannel_logout_uri: options.backchannelLogoutUri, backchannel_logout_session_required: true } : {};

const clients = [
  {
    ...native, client_id: 'native', client_name: 'Native PKCE app', grant_types: [...CODE, DEVICE],
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback', 'http://[::1]/callback', 'com.example.app:/callback'],
    post_logout_redirect_uris: ['http://127.0.0.1/logged-out'],
  },
  { ...native, client_id: 'native-dpop', dpop_bound_access_tokens: true },
  { ...native, client_id: 'native-par', require_pushed_authorization_requests: true },
  {
    client_id: 'web', client_secret: 'web-secret', application_type: 'web', token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: webRedirects, post_logout_redirect_uris: ['http://127.0.0.1:8000/'],
    grant_types: [...CODE, 'client_credentials'], ...backchannel,
  },
  { client_id: 'rs', client_secret: 'rs-secret', redirect_uris: [], response_types: [], grant_types: [] }, // asks introspection
  ...options.clients,
];

const newKeys = () => {
  const mark = randomBytes(4).toString('hex'); // keys of two generations must not share a name
  return [
    signingKey(generateKeyPairSync('rsa', { modulusLength: 2048 }), `rs-${mark}`),
    signingKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }), `es-${mark}`),
    signingKey(generateKeyPairSync('ed25519'), `ed-${mark}`),
  ];
};
const cookieKeys = [randomBytes(16).toString('hex')];

const adapter = createMemoryAdapter(); // codes, grants and sessions outlive the provider that has new keys

const newProvider = () => new Provider(issuer, {
  adapter,
  clients,
  jwks: { keys: newKeys() },
  cookies: { keys: cookieKeys },
  clockTolerance: 0, // the default of 15 s would hide a life of two
  scopes: ['openid', 'offline_access', 'profile', 'email', 'api:read', 'api:write'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
    clientCredentials: { enabled: true },
    backchannelLogout: { enabled: true },
    registration: { enabled: true, initialAccessToken: options.initialAccessToken || false },
    registrationManagement: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: options.requirePar },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => options.dpopNonce },
    jwtResponseModes: { enabled: true },
    jwtIntrospection: { enabled: true },
    jwtUserinfo: { enabled: true },
    claimsParameter: { enabled: true },
    requestObjects: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo(_context, resource) {
        if (resource !== API) throw new errors.InvalidTarget();
        return { scope: 'api:read api:write', audience: API, accessTokenFormat: 'jwt', accessTokenTTL: options.accessTtl, jwt: { sign: { alg: 'ES256' } } };
      },
    },
  },
  ttl: {
    AccessToken: () => options.accessTtl, ClientCredentials: () => options.accessTtl, IdToken: () => options.idTtl,
    RefreshToken: () => options.refreshTtl, AuthorizationCode: 60, DeviceCode: 600, Interaction: 600, Session: 86400, Grant: 86400,
  },
  rotateRefreshToken: () => options.rotate,
  issueRefreshToken: (_context, client, code) => client.grantTypeAllowed('refresh_token')
    && (options.alwaysRefresh || code.scopes.has('offline_access')),
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `User ${id}`, preferred_username: id, email: `${id}@example.test`, email_verified: true }),
  }),
});

// The two grants that oidc-provider leaves to its users, as small as their specifications allow; client
// authentication, parameters, and the tokens themselves are its own.
const give = async (context, accountId, scope, further) => {
  const { client, provider } = context.oidc;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope(scope);
  const token = new provider.AccessToken({ accountId, client, grantId: await grant.save(), gty: 'programs', scope });
  const value = await token.save();
  context.body = { access_token: value, token_type: token.tokenType, expires_in: token.expiration, scope, ...further };
};
const byAssertion = async (context) => {
  const { params, provider } = context.oidc;
  let said;
  try {
    const keys = createLocalJWKSet({ keys: options.assertionKeys });
    said = (await jwtVerify(params.assertion, keys, { audience: [issuer, `${issuer}/token`], requiredClaims: ['iss', 'sub', 'exp'] })).payload;
  } catch (error) {
    throw new errors.InvalidGrant('the assertion is not valid', error.message);
  }
  if (await provider.Client.find(said.iss) !== context.oidc.client) throw new errors.InvalidGrant('the assertion is another client\'s');
  await give(context, said.sub, params.scope || 'api:read', {});
};
const byToken = async (context) => {
  const { params, provider } = context.oidc;
  const held = await provider.AccessToken.find(params.subject_token);
  if (!held || params.subject_token_type !== 'urn:ietf:params:oauth:token-type:access_token') throw new errors.InvalidGrant('subject_token is not valid');
  await give(context, held.accountId, params.scope || held.scope, { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' });
};

const TOLD = [
  'grant.success', 'grant.error', 'grant.revoked', 'refresh_token.consumed', 'refresh_token.destroyed', 'authorization.error',
  'end_session.success', 'server_error', 'revocation.error', 'backchannel.success', 'backchannel.error',
];
const tellOf = (provider) => {
  for (const name of TOLD) {
    provider.on(name, (context, ...rest) => {
      const error = [context, ...rest].find((value) => value instanceof Error);
      const grant = context?.oidc?.params?.grant_type;
      tell({ event: name, ...(grant && { grant_type: grant }), ...(error && { error: error.error || error.message, detail: error.error_detail }) });
    });
  }
};

const edited = (body, edits) => Object.fromEntries(Object.entries({ ...body, ...edits }).filter(([, value]) => value !== null));

const served = () => {
  const provider = newProvider();
  tellOf(provider);
  provider.registerGrantType(JWT_BEARER, byAssertion, ['assertion', 'scope']);
  provider.registerGrantType(EXCHANGE, byToken, [
    'subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'requested_token_type', 'audience', 'scope',
  ]);
  provider.use(async (context, next) => {
    await next();
    // The dev pages import a web font, which blocks rendering on a machine without a network.
    if (typeof context.body === 'string') context.body = context.body.replace(/@import url\(https:\/\/fonts[^;]*;/, '');
    if (context.path === '/token/revocation') tell({ event: 'revoking', hint: context.oidc?.params?.token_type_hint, status: context.status });
    if (context.path === '/device/auth' && context.status === 200) {
      tell({ event: 'began', secrets: { ...context.body } });
      if (options.deviceInterval) context.body = { ...context.body, interval: options.deviceInterval };
    }
    if (context.path !== '/token' || context.status !== 200) return;
    const { client_id: _known, grant_type: grant, ...asked } = context.oidc.params;
    tell({ event: 'gave', secrets: { ...asked, ...context.body } });
    if (options.edits[grant]) context.body = edited(context.body, options.edits[grant]);
  });
  return provider.callback();
};

let serve = served();
const control = (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { newKeys: rotated, mark, ...changed } = JSON.parse(Buffer.concat(parts));
    Object.assign(options, changed);
    if (rotated) serve = served();
    if (mark) tell({ mark }); // whatever happened before this was told before it
    response.end('{}');
  });
};
answer = (request, response) => {
  if (request.url === '/__control' && request.method === 'POST') { control(request, response); return; }
  if (options.down) { response.writeHead(options.down, { 'retry-after': '1' }).end('down'); return; }
  const event = request.url.split('?')[0].slice(1); // as the Python providers tell it: "token", with its status
  const { authorization } = request.headers;
  response.on('finish', () => tell({ event, status: response.statusCode, ...(authorization && { authorization }) }));
  setTimeout(() => serve(request, response), options.delayMs);
};
tell({ ready: true, issuer, pid: process.pid, version: process.version });
process.stdin.resume().on('end', () => process.exit(0));
