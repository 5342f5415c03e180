<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Redis\Store;

/**
 * Signs, checks and ends tokens that services in several languages share, through the same Redis.
 *
 *     $rwt = new RedisWebToken(['redis' => ['host' => 'localhost', 'port' => 6380]]);
 *     $token = $rwt->sign(['id' => 42], $secret, ['expire' => 600, 'subject' => '42']);
 *     $user = $rwt->verify($token, $secret);
 *
 * For a token that isn't live, a call returns `false` or null. When Redis can't answer, every call throws
 * `StoreUnavailable`: the token may be live. All exceptions are `RwtException`.
 *
 * `$secret` is 32 bytes or more (`openssl rand -base64 32`), or a list of such secrets, newest first: tokens are signed with
 * the first and opened with any. Durations are seconds, times are Unix seconds.
 */
final class RedisWebToken
{
    private readonly Config $config;
    private readonly Store $store;
    private readonly Verifier $verifier;
    private readonly Sessions $sessions;
    private readonly Persons $persons;
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
        [$lines, $prefix, $legacy] = [$this->config->lines, $this->config->prefix, $this->config->legacy];
        $this->verifier = new Verifier($this->store, $lines, $prefix);
        $this->sessions = new Sessions($this->store, $lines, $this->verifier, $prefix);
        $this->persons = new Persons($this->store, $lines, $prefix);
        $this->legacy = $legacy === null ? null : new LegacyTokens($this->store, $this->verifier, $legacy);
    }

    /**
     * Starts a session and returns its token.
     *
     * @param mixed                $user   any JSON value; an empty array is a list, `new \stdClass` an empty object
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params expire: this token's idle timeout; subject: the user's id, text; meta: notes about the
     *                                     session, an array with names
     */
    public function sign(#[\SensitiveParameter] mixed $user, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] array $params = []): string
    {
        $given = Config::known("sign's params", $params, ['expire' => null, 'subject' => null, 'meta' => null]);
        $expire = $given['expire'] === null ? $this->config->expire : $this->config->readExpire($given['expire']);
        $subject = $given['subject'] === null ? null : Arguments::subject($given['subject']);
        $meta = Arguments::meta($given['meta']);
        [$keys] = Secrets::keysOf($secret);

        return $this->sessions->sign($keys, $user, $subject, $meta, $expire, $this->config->maxLifetime)->text;
    }

    /**
     * Returns what was signed (objects as arrays), or false for anything but a live token.
     *
     * @param string|list<string> $secret
     */
    public function verify(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): mixed
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
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, issuedAt: int, deadline: int, expire: int, newToken?: string}|null
     */
    public function session(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): ?array
    {
        $ring = Secrets::keysOf($secret);
        $slides = $this->config->verifyExtendsToken;
        $old = $this->readOld($token, $secret, $slides);
        if ($old !== null && $old['body'] === null) {
            return ['data' => $old['user'], 'subject' => null, 'meta' => null, 'issuedAt' => 0, 'deadline' => $old['deadline'], 'expire' => $this->config->expire];
        }
        $opened = $this->open($ring, $token, $old['body'] ?? null);
        $session = $opened === null ? null : $this->verifier->read($ring, $opened, $slides);

        return $session === null ? null : $session->describe() + ($old === null ? [] : ['newToken' => $session->token->text]);
    }

    /**
     * Restarts a token's idle timeout, never past its deadline. Returns whether the token is live.
     *
     * @param string|list<string> $secret
     */
    public function extend(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): bool
    {
        $ring = Secrets::keysOf($secret);
        $old = $this->readOld($token, $secret, true);
        if ($old !== null && $old['body'] === null) {
            return true;
        }
        $opened = $this->open($ring, $token, $old['body'] ?? null);

        return $opened !== null && $this->sessions->extend($opened);
    }

    /**
     * Ends a token's session in every service. Returns whether it was live.
     *
     * @param string|list<string> $secret
     */
    public function destroy(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): bool
    {
        $ring = Secrets::keysOf($secret);
        if ($this->legacy !== null && LegacyTokens::matches($token)) {
            return $this->legacy->destroy($ring, $token, Secrets::newest($secret), $this->sessions);
        }
        $opened = Token::open($ring, $token);

        return $opened !== null && $this->sessions->destroy($opened);
    }

    /**
     * Ends every session of a subject that any service signed before the call, in one write.
     *
     * @param string|list<string>  $secret every secret whose sessions are to end
     * @param array<string, mixed> $params except: a token whose session stays
     *
     * @return bool whether the subject had anything to end
     */
    public function destroyAll(#[\SensitiveParameter] string $subject, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] array $params = []): bool
    {
        ['except' => $except] = Config::known("destroyAll's params", $params, ['except' => null]);

        return $this->persons->destroyAll(Secrets::keysOf($secret), Arguments::subject($subject), Arguments::textOrNull('except', 'a token', $except));
    }

    /**
     * Ends the session of a subject that an id of `list` names. Returns whether there was one.
     *
     * @param string|list<string> $secret
     */
    public function destroyById(#[\SensitiveParameter] string $subject, #[\SensitiveParameter] string|array $secret, string $id): bool
    {
        return $this->persons->destroyById(Secrets::keysOf($secret), Arguments::subject($subject), $id);
    }

    /**
     * Gives a session new data; the rest of it stays. Returns whether it was live.
     *
     * @param string|list<string> $secret
     * @param mixed               $data   a JSON value, or a \Closure that makes it from the present one. The closure is called
     *                                    again if another request changes the session meanwhile.
     */
    public function update(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] mixed $data): bool
    {
        $ring = Secrets::keysOf($secret);
        $opened = Token::open($ring, $token);

        return $opened !== null && $this->sessions->update($ring, $opened, $data);
    }

    /**
     * Gives every session of a subject new data, in one write. Returns whether the subject had anything to change.
     *
     * @param string|list<string> $secret every secret whose sessions are to change
     */
    public function updateAll(#[\SensitiveParameter] string $subject, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] mixed $data): bool
    {
        return $this->persons->updateAll(Secrets::keysOf($secret), Arguments::subject($subject), $data);
    }

    /**
     * Replaces a token by a new one of the same session. The old one works until the new one is first used, and for `grace`
     * seconds. Parallel calls return the same token, and so do retries after a lost reply.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params grace: 0 to 3600, 0 by default; retry: false where privileges change, so that the old
     *                                     token ends at once and gets no new one again
     *
     * @return string|null the new token; null for anything but a live token
     */
    public function rotate(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret, array $params = []): ?string
    {
        $given = Config::known("rotate's params", $params, ['grace' => 0, 'retry' => true]);
        [$grace, $retry] = [Arguments::grace($given['grace']), Arguments::boolean('retry', $given['retry'])];
        if (!$retry && $grace > 0) {
            throw InvalidOption::range('grace', '0 if retry is false, since the old token then ends at once');
        }
        $opened = Token::open(Secrets::keysOf($secret), $token);

        return $opened === null ? null : $this->sessions->rotate($opened, $grace, $retry)?->text;
    }

    /**
     * Lists the live sessions of a subject. A page may be shorter than `limit`, even empty, and still have a cursor.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params limit: 1 to 1000, 100 by default; cursor: of the page before; current: the caller's token
     *
     * @return array{sessions: list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, current: bool}>, cursor: ?string}
     *     `idle` is seconds until idle expiry; the cursor is null after the last page
     */
    public function list(#[\SensitiveParameter] string $subject, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] array $params = []): array
    {
        $given = Config::known("list's params", $params, ['limit' => 100, 'cursor' => null, 'current' => null]);
        $ring = Secrets::keysOf($secret);
        $current = Arguments::textOrNull('current', 'a token', $given['current']);
        $pages = new SessionList($this->store, $this->config->lines, $this->config->prefix);

        return $pages->page(
            $ring,
            Arguments::subject($subject),
            Arguments::limit($given['limit']),
            Arguments::textOrNull('cursor', 'text', $given['cursor']),
            $current === null ? null : Token::open($ring, $current),
        );
    }

    /**
     * The public id of a token's session, which rotations don't change: for logs, and for destroyById. It asks nothing of Redis,
     * and so doesn't tell whether the token is live.
     *
     * @param string|list<string> $secret
     *
     * @return string|null null for anything but a token of these secrets
     */
    public function idOf(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): ?string
    {
        $opened = Token::open(Secrets::keysOf($secret), $token);

        return $opened === null ? null : PublicId::of($opened->keys, $opened->lookup);
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
    private function readOld(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret, bool $slides): ?array
    {
        return $this->legacy !== null && LegacyTokens::matches($token)
            ? $this->legacy->read($token, Secrets::newest($secret), $this->config->expire, $slides)
            : null;
    }

    /**
     * @param list<Keys>  $ring
     * @param string|null $body of the new token that an old one was exchanged for
     */
    private function open(array $ring, #[\SensitiveParameter] string $token, #[\SensitiveParameter] ?string $body): ?Token
    {
        return $body === null ? Token::open($ring, $token) : $this->legacy?->present($ring, $body);
    }
}
