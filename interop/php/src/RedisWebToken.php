<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\RwtException;
use RedisWebToken\Redis\Store;

/**
 * Signs, checks and ends tokens that services in several languages share, through the same Redis.
 *
 *     $rwt = new RedisWebToken(['redis' => ['host' => 'localhost', 'port' => 6380]]);
 *     $token = $rwt->sign(['id' => 42], $secret, ['expire' => 600, 'subject' => '42']);
 *     $user = $rwt->verify($token, $secret);
 *
 * For anything that isn't a live token, such as null, a call returns `false` or null. When Redis can't answer, every call throws
 * `StoreUnavailable`: the token may be live. All exceptions are `RwtException`.
 *
 * `$secret` is 32 bytes or more (`openssl rand -base64 32`), or a list of such secrets, newest first: tokens are signed with
 * the first and opened with any. Durations are seconds, times are Unix seconds.
 */
final class RedisWebToken
{
    use PersonMethods;
    use TokenMethods;

    /** Absolute lifetime in seconds, from `sign`. */
    public readonly int $maxLifetime;
    /** What every Redis key begins with. */
    public readonly string $prefix;
    /** @internal for Once, which uses the same connection */
    public readonly Store $store;
    private readonly Config $config;
    private readonly Verifier $verifier;
    private readonly ?LegacyTokens $legacy;

    /**
     * @param array{redis?: array<string, mixed>|\Redis|\RedisCluster|\Predis\ClientInterface, custom?: array<string, mixed>, prefix?: string, legacy?: array<string, mixed>, encrypt?: bool, acceptPlain?: bool} $config
     *     see README.md
     *
     * @throws RwtException where an option is wrong, or no client is installed
     */
    public function __construct(#[\SensitiveParameter] array $config = [])
    {
        $this->config = new Config($config);
        $this->store = new Store($this->config->connection, $this->config->timeout);
        $this->prefix = $this->config->prefix;
        [$lines, $prefix, $legacy] = [$this->config->lines, $this->prefix, $this->config->legacy];
        $this->verifier = new Verifier($this->store, $lines, $prefix);
        $this->sessions = new Sessions($this->store, $lines, $this->verifier, $prefix, $this->config->limit);
        $this->persons = new Persons($this->store, $lines, $prefix);
        $this->pages = new SessionList($this->store, $lines, $prefix);
        $this->maxLifetime = $this->config->maxLifetime;
        $this->legacy = $legacy === null ? null : new LegacyTokens($this->store, $this->verifier, $legacy);
    }

    /**
     * Starts a session and returns its token.
     *
     * @param mixed                $user   any JSON value; an empty array is a list, `new \stdClass` an empty object
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params expire, maxLifetime: this session's own; subject: the user's id, text; meta: notes about the
     *                                     session, an array with names; auth: how the user signed in, as of `reauthenticate`, `[]` for
     *                                     just now; act: who acts as the user, an array with `sub`; replaces: tokens of sessions that
     *                                     don't count against maxSessions
     */
    public function sign(#[\SensitiveParameter] mixed $user, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] array $params = []): string
    {
        $checked = new SignParams($params, $this->config);

        return $this->sessions->sign(Secrets::keysOf($secret), $user, $checked)->text;
    }

    /**
     * Returns what was signed (objects as arrays), or false for anything but a live token.
     *
     * @param string|list<string> $secret
     */
    public function verify(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret): mixed
    {
        $session = $this->session($token, $secret);

        return $session === null ? false : $session['data'];
    }

    /**
     * Verifies a token and returns the whole session, so that data that is false can be told from no session.
     *
     * An old token (`legacy`) has neither subject nor meta, and its issuedAt is 0. After a service has exchanged it, `newToken`
     * is the token to give to the client.
     *
     * @param string|list<string> $secret
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, issuedAt: int, deadline: int, expire: int, newToken?: string}|null
     */
    public function session(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret): ?array
    {
        $ring = Secrets::keysOf($secret);
        $slides = $this->config->verifyExtendsToken;
        $old = $this->readOld($token, $secret, $slides);
        if ($old !== null && $old['body'] === null) {
            return ['data' => $old['user'], 'subject' => null, 'meta' => null, 'auth' => null, 'act' => null, 'issuedAt' => 0, 'deadline' => $old['deadline'], 'expire' => $this->config->expire];
        }
        $opened = $this->open($ring, $token, $old['body'] ?? null);
        $session = $opened === null ? null : $this->verifier->read($ring, $opened, $slides);
        if ($session === null) {
            return null;
        }

        return $old === null ? $session->describe() : [...$session->describe(), 'newToken' => $session->token->text];
    }

    /**
     * Restarts a token's idle timeout, never past its deadline. Returns whether the token is live.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params expire: the idle timeout that starts now, this once; the session's own by default
     */
    public function extend(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret, array $params = []): bool
    {
        ['expire' => $expire] = Arguments::known("extend's options", $params, ['expire' => null]);
        $expire = $expire === null ? null : Arguments::wholeNumber('expire', 'seconds', $expire, 1, Token::MAX_SECONDS);
        $ring = Secrets::keysOf($secret);
        $old = $this->readOld($token, $secret, true, $expire);
        if ($old !== null && $old['body'] === null) {
            return true;
        }
        $opened = $this->open($ring, $token, $old['body'] ?? null);

        return $opened !== null && $this->sessions->extend($opened, $expire);
    }

    /**
     * Ends a token's session in every service. Returns whether it was live.
     *
     * @param string|list<string> $secret
     */
    public function destroy(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret): bool
    {
        $ring = Secrets::keysOf($secret);
        if ($this->legacy !== null && LegacyTokens::matches($token)) {
            return $this->legacy->destroy($ring, $token, Secrets::newest($secret), $this->sessions);
        }
        $opened = Token::open($ring, $token);

        return $opened !== null && $this->sessions->destroy($opened);
    }

    /** Checks that Redis answers. No other call needs it. */
    public function connect(): void
    {
        $this->store->connect();
    }

    /** Closes what the library opened, never a client of yours. The next call opens it again. */
    public function disconnect(): void
    {
        $this->store->disconnect();
    }

    /**
     * @param string|list<string> $secret
     *
     * @return array{user: array<string, string>, body: ?string, deadline: int}|null null for anything but an old token that lives
     */
    private function readOld(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret, bool $slides, ?int $expire = null): ?array
    {
        return $this->legacy !== null && LegacyTokens::matches($token)
            ? $this->legacy->read($token, Secrets::newest($secret), $expire ?? $this->config->expire, $slides)
            : null;
    }

    /**
     * @param list<Keys>  $ring
     * @param string|null $body of the new token that an old one was exchanged for
     */
    private function open(array $ring, #[\SensitiveParameter] mixed $token, #[\SensitiveParameter] ?string $body): ?Token
    {
        return $body === null ? Token::open($ring, $token) : $this->legacy?->present($ring, $body);
    }
}
