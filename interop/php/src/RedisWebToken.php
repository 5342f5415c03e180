<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\RwtException;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Store;

/**
 * Signs, checks, extends and ends tokens that the services in other languages share, through the same Redis.
 *
 * A token that isn't live is `false` (or null, from `session`), never an exception; a Redis that can't answer is a
 * `StoreUnavailable`, never `false`.
 *
 *     $rwt = new RedisWebToken(['redis' => ['host' => 'localhost', 'port' => 6380]]);
 *     $token = $rwt->sign(['id' => 42], $secret, ['expire' => 600, 'subject' => '42']);
 *     $user = $rwt->verify($token, $secret);
 *
 * A secret is 32 bytes or more (`openssl rand -base64 32`), or a list of them, newest first: tokens are signed with the
 * first and opened with any.
 */
final class RedisWebToken
{
    private readonly Config $config;
    private readonly Store $store;
    private readonly ?LegacyTokens $legacy;

    /**
     * @param array{redis?: array<string, mixed>|\Redis|\RedisCluster|\Predis\ClientInterface, custom?: array<string, mixed>, prefix?: string, legacy?: array<string, mixed>, encrypt?: bool, acceptPlain?: bool} $config
     *     `redis`: scheme, host, port, path, username, password, database, timeout (seconds), prefix, client
     *     ("phpredis" or "predis"); or a client of yours, which is never closed. `custom`: expire (seconds of idleness, 3600), verifyExtendsToken (false),
     *     maxLifetime (seconds, 30 days). `prefix` of the keys, "rwt:". `legacy`: prefix, secret, until (Unix seconds). `encrypt`: whether sign encrypts
     *     the session (false; verify decrypts in any case). `acceptPlain`: whether sessions that aren't encrypted count (true).
     *
     * @throws RwtException where an option is wrong, or no client is installed
     */
    public function __construct(#[\SensitiveParameter] array $config = [])
    {
        $this->config = new Config($config);
        $this->store = new Store($this->config->connection, $this->config->timeout);
        $this->legacy = $this->config->legacy === null ? null : new LegacyTokens($this->store, $this->config->legacy);
    }

    /**
     * Starts a session and gives the token that opens it.
     *
     * @param mixed               $user   any JSON value; an empty array is a list, `new \stdClass` an empty object
     * @param string|list<string> $secret
     * @param array<string, mixed> $params expire: this token's own idle time-out in seconds; subject: the user's id, text;
     *                                    meta: notes about the session, an array with names
     *
     * @throws RwtException
     */
    public function sign(#[\SensitiveParameter] mixed $user, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] array $params = []): string
    {
        $given = Config::known("sign's params", $params, ['expire' => null, 'subject' => null, 'meta' => null]);
        $expire = $given['expire'] === null ? $this->config->expire : $this->config->readExpire($given['expire']);
        $subject = self::readSubject($given['subject']);
        $meta = self::readMeta($given['meta']);
        [$keys] = Secrets::keysOf($secret);
        $issuedAt = time();
        $deadline = $issuedAt + $this->config->maxLifetime;
        $hash = $subject === null ? null : $keys->hashSubject($subject);
        $value = Session::encode($user, $subject, $meta, $issuedAt, $deadline, $hash === null ? null : Token::indexName($hash));
        $token = Token::mint($keys, $deadline, $expire, $hash === null ? random_bytes(2) : substr($hash, 0, 2));
        $key = $token->sessionKey($this->config->prefix);
        if ($this->config->encrypt) {
            $value = SealedValue::seal($keys, $key, $value);
        }
        $created = $subject === null
            ? $this->store->create($key, $value, $expire)
            : $this->store->createIndexed($key, $value, $expire, Token::subjectKey($keys, $this->config->prefix, $subject), $token->lookup, $deadline, $issuedAt);
        if (!$created) {
            throw new StoreUnavailable('reply');
        }

        return $token->text;
    }

    /**
     * Gives what was signed (objects as arrays), or false for whatever is not a live token.
     *
     * @param string|list<string> $secret
     *
     * @throws RwtException where Redis can't answer
     */
    public function verify(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): mixed
    {
        $session = $this->session($token, $secret);

        return $session === null ? false : $session['data'];
    }

    /**
     * Like verify, but gives the whole session, which tells "no live token" from data that is false. Times are Unix
     * seconds. An old token knows neither subject, meta nor when it was signed (issuedAt is 0); its deadline is
     * `legacy.until`, or the end of its idle time.
     *
     * @param string|list<string> $secret
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, issuedAt: int, deadline: int, expire: int}|null
     *
     * @throws RwtException where Redis can't answer
     */
    public function session(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): ?array
    {
        $ring = Secrets::keysOf($secret);
        if ($this->isOld($token)) {
            $found = $this->readOld($token, $secret, $this->config->verifyExtendsToken);
            if ($found === null || $found['successor'] === null) {
                return $found === null ? null : [
                    'data' => $found['user'],
                    'subject' => null,
                    'meta' => null,
                    'issuedAt' => 0,
                    'deadline' => $found['deadline'],
                    'expire' => $this->config->expire,
                ];
            }
            $token = self::successor($ring, $found['successor']);
        }
        $opened = Token::open($ring, $token);
        $ttl = self::ttlOf($opened);
        if ($opened === null || $ttl < 1) {
            return null;
        }
        $key = $opened->sessionKey($this->config->prefix);
        $text = $this->store->read($key, $this->config->verifyExtendsToken ? $ttl : null);
        $text = $text === null ? null : SealedValue::open($ring, $key, $text, $this->config->acceptPlain);
        $session = $text === null ? null : Session::decode($text, $opened->deadline);

        return $session === null ? null : $session + ['expire' => $opened->expire];
    }

    /**
     * Starts a token's idle time-out anew, never past its deadline; tells whether the token is live.
     *
     * @param string|list<string> $secret
     *
     * @throws RwtException where Redis can't answer
     */
    public function extend(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): bool
    {
        $ring = Secrets::keysOf($secret);
        if ($this->isOld($token)) {
            $found = $this->readOld($token, $secret, true);
            if ($found === null || $found['successor'] === null) {
                return $found !== null;
            }
            $token = self::successor($ring, $found['successor']);
        }
        $opened = Token::open($ring, $token);
        $ttl = self::ttlOf($opened);

        return $opened !== null && $ttl >= 1 && $this->store->extend($opened->sessionKey($this->config->prefix), $ttl);
    }

    /**
     * Ends a token's session for every service; tells whether there was one.
     *
     * @param string|list<string> $secret
     *
     * @throws RwtException where Redis can't answer: the session may still live
     */
    public function destroy(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret): bool
    {
        $ring = Secrets::keysOf($secret);
        if ($this->isOld($token)) {
            $removed = $this->legacy?->removeUnlessExchanged($token, Secrets::newest($secret));
            if (!is_string($removed)) {
                return $removed === true;
            }
            // The successor first: should the second command fail, a second call still finds it.
            $ended = $this->destroy(self::successor($ring, $removed), $secret);

            return $this->legacy?->remove($token, Secrets::newest($secret)) === true && $ended;
        }
        $opened = Token::open($ring, $token);

        return $opened !== null && self::ttlOf($opened) >= 1
            && $this->store->remove($opened->sessionKey($this->config->prefix));
    }

    /**
     * Ends every session of a subject that any service signed before the call; all but one with `except`, a token.
     *
     * @param string              $subject the user's id, as it was given to sign
     * @param string|list<string> $secret  every secret whose sessions shall end
     * @param array<string, mixed> $params except: a token whose session stays
     *
     * @return int how many there were
     *
     * @throws RwtException where Redis can't answer: some may still live, so call it again
     */
    public function destroyAll(#[\SensitiveParameter] string $subject, #[\SensitiveParameter] string|array $secret, #[\SensitiveParameter] array $params = []): int
    {
        ['except' => $except] = Config::known("destroyAll's params", $params, ['except' => null]);
        if ($except !== null && !is_string($except)) {
            throw InvalidOption::type('except', 'a token', $except);
        }
        $subject = (string) self::readSubject($subject);
        $prefix = $this->config->prefix;
        $ended = 0;
        // Each secret has an index of its own.
        foreach (Secrets::keysOf($secret) as $keys) {
            $kept = $except === null ? null : Token::open([$keys], $except);
            $ended += $this->store->endAll(
                Token::subjectKey($keys, $prefix, $subject),
                $kept?->lookup,
            );
        }

        return $ended;
    }

    /** Finds out whether Redis answers. No call needs it. @throws RwtException where it doesn't */
    public function connect(): void
    {
        $this->store->connect();
    }

    /** Closes what the library opened, never a client of yours. The next call opens it again. */
    public function disconnect(): void
    {
        $this->store->disconnect();
    }

    private function isOld(#[\SensitiveParameter] string $token): bool
    {
        return $this->legacy !== null && LegacyTokens::matches($token);
    }

    /**
     * @param string|list<string> $secret
     *
     * @return array{user: array<string, string>, successor: ?string, deadline: int}|null
     */
    private function readOld(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string|array $secret, bool $slide): ?array
    {
        return $this->legacy?->read($token, Secrets::newest($secret), $this->config->expire, $slide);
    }

    /**
     * The token that an old one was exchanged for; no token where its secret isn't in the ring.
     *
     * @param list<Keys> $ring
     */
    private static function successor(array $ring, #[\SensitiveParameter] string $body): string
    {
        return Token::seal($ring, $body)?->text ?? '';
    }

    /** Seconds that a token's key may live from now; below 1 where it is past its deadline. */
    private static function ttlOf(?Token $token): int
    {
        return $token === null ? 0 : min($token->expire, $token->deadline - time());
    }

    private static function readSubject(#[\SensitiveParameter] mixed $subject): ?string
    {
        if ($subject !== null && !is_string($subject)) {
            throw InvalidOption::type('subject', 'text', $subject);
        }

        return $subject === '' ? throw InvalidOption::range('subject', 'more than empty text: leave it out') : $subject;
    }

    /** @return array<mixed>|object|null a JSON object: an empty array would be a list */
    private static function readMeta(#[\SensitiveParameter] mixed $meta): array|object|null
    {
        if ($meta === null || $meta instanceof \stdClass) {
            return $meta;
        }
        if (!is_array($meta) || ($meta !== [] && array_is_list($meta))) {
            throw InvalidOption::type('meta', 'an array with names', $meta);
        }

        return (object) $meta;
    }
}
