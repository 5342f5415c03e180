<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Store;

/** The tokens of the libraries of 2017, in place, until they run out. See SPEC.md, "Legacy tokens". */
final class LegacyTokens
{
    private const MARK = 'rwt:upgraded';

    private const READ = <<<'LUA'
        local fields = redis.call('HGETALL', KEYS[1])
        if #fields == 0 then return false end
        local exchanged = redis.call('HEXISTS', KEYS[1], 'rwt:upgraded') == 1
        if redis.call('TTL', KEYS[1]) < 0 or (ARGV[2] == '1' and not exchanged) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return 'h' .. cjson.encode(fields)
        LUA;

    private const REMOVE = "return redis.call('HGET', KEYS[1], 'rwt:upgraded') or redis.call('DEL', KEYS[1])";

    /** @param array{prefix: string, secret: ?string, until: ?int} $options */
    public function __construct(private readonly Store $store, #[\SensitiveParameter] private readonly array $options)
    {
    }

    /** Whether a text has their shape. It is no proof: only Redis can tell. */
    public static function matches(#[\SensitiveParameter] string $token): bool
    {
        return preg_match('/^[0-9a-f]{1,4}(-[0-9a-f]{1,4}){4}$/D', $token) === 1;
    }

    /**
     * @param string $secret of the call, where the configuration has none
     * @param int    $expire seconds that a sliding read, or a hash without an expiry, is given
     *
     * @return array{user: array<string, string>, successor: ?string, deadline: int}|null
     */
    public function read(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret, int $expire, bool $slide): ?array
    {
        $until = $this->options['until'];
        $ttl = $until === null ? $expire : min($expire, $until - time());
        if ($ttl < 1) {
            return null;
        }
        $reply = $this->store->evaluate(self::READ, $this->keyOf($token, $secret), (string) $ttl, $slide ? '1' : '0');
        if ($reply === null) {
            return null;
        }
        if (!is_string($reply)) {
            throw new StoreUnavailable('reply');
        }
        $fields = json_decode(substr($reply, 1), true);
        if (!is_array($fields) || !array_is_list($fields)) {
            throw new StoreUnavailable('reply');
        }
        $user = [];
        foreach (array_chunk($fields, 2) as [$name, $value]) {
            $user[$name] = $value;
        }

        return ['user' => $user, 'successor' => $user[self::MARK] ?? null, 'deadline' => $until ?? time() + $ttl];
    }

    /**
     * Removes a token's hash, unless it has a successor: then it gives that one's body and leaves the hash. In one
     * step, for another service may be exchanging the token just now.
     */
    public function removeUnlessExchanged(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret): bool|string
    {
        $until = $this->options['until'];
        if ($until !== null && $until - time() < 1) {
            return false;
        }

        return $this->store->evaluate(self::REMOVE, $this->keyOf($token, $secret)) ?? throw new StoreUnavailable('reply');
    }

    public function remove(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret): bool
    {
        return $this->store->remove($this->keyOf($token, $secret));
    }

    private function keyOf(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret): string
    {
        return $this->options['prefix'] . base64_encode($token . ($this->options['secret'] ?? $secret));
    }
}
