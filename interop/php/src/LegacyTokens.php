<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** The tokens of the libraries of 2017, used in place until they expire. See SPEC.md, "Legacy tokens". */
final class LegacyTokens
{
    /** The field that holds the body of the new token, once a token has been exchanged. */
    private const MARK = 'rwt:upgraded';

    /** @param array{prefix: string, secret: ?string, until: ?int} $options */
    public function __construct(
        private readonly Store $store,
        private readonly Verifier $verifier,
        #[\SensitiveParameter] private readonly array $options,
    ) {
    }

    /** Whether a text has their shape. That is no proof: only Redis can tell. */
    public static function matches(#[\SensitiveParameter] mixed $token): bool
    {
        return is_string($token) && preg_match('/^[0-9a-f]{1,4}(-[0-9a-f]{1,4}){4}$/D', $token) === 1;
    }

    /**
     * @param string $secret of the call, where the configuration has none
     * @param int    $expire seconds to live that a sliding read sets, or any read of a hash without an expiry
     *
     * @return array{user: array<string, string>, body: ?string, deadline: int}|null `body` is the new token's, where the old one
     *                                                                              was exchanged
     */
    public function read(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret, int $expire, bool $slides): ?array
    {
        $until = $this->options['until'];
        $seconds = $until === null ? $expire : min($expire, $until - time());
        if ($seconds < 1) {
            return null;
        }
        $args = [Store::seconds($seconds), $slides ? '1' : '0'];
        $reply = Reply::text($this->store->run('legacy-read', [$this->keyOf($token, $secret)], $args));
        if ($reply === null) {
            return null;
        }
        $fields = Reply::texts(json_decode(substr($reply, 1), true));
        $user = [];
        foreach (array_chunk($fields, 2) as [$name, $value]) {
            $user[(string) $name] = (string) $value;
        }

        return ['user' => $user, 'body' => $user[self::MARK] ?? null, 'deadline' => $until ?? time() + $seconds];
    }

    /**
     * The present token of the session that an old token was exchanged for.
     *
     * @param list<Keys> $ring
     *
     * @return Token|null null where there is no such session, or its secret isn't in the ring
     */
    public function present(array $ring, #[\SensitiveParameter] string $body): ?Token
    {
        foreach (Token::ofStoredBody($ring, $body) as $token) {
            $generation = $this->verifier->presentGeneration($token);
            if ($generation !== null) {
                return $token->atGeneration($generation);
            }
        }

        return null;
    }

    /**
     * Ends an old token, or the session that it was exchanged for.
     *
     * @param list<Keys> $ring
     */
    public function destroy(array $ring, #[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret, Sessions $sessions): bool
    {
        $until = $this->options['until'];
        if ($until !== null && $until - time() < 1) {
            return false;
        }
        $key = $this->keyOf($token, $secret);
        // In one step, because another service may be exchanging the token just now.
        $removed = $this->store->run('legacy-remove', [$key], []);
        if (is_int($removed)) {
            return Reply::flag($removed);
        }
        $present = $this->present($ring, Reply::text($removed) ?? throw new StoreUnavailable('reply'));
        // The session before the hash: if the second command fails, another call still finds it.
        $ended = $present !== null && $sessions->destroy($present);

        return Reply::flag($this->store->send(['DEL', $key])) && $ended;
    }

    private function keyOf(#[\SensitiveParameter] string $token, #[\SensitiveParameter] string $secret): string
    {
        return $this->options['prefix'] . base64_encode($token . ($this->options['secret'] ?? $secret));
    }
}
