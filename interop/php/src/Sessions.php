<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\RotationLimit;
use RedisWebToken\Exception\SessionLimit;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** What changes the session of one token. */
final class Sessions
{
    /** How often an update by a function is tried while others change the session. */
    private const ATTEMPTS = 100;

    public function __construct(
        private readonly Store $store,
        private readonly Lines $lines,
        private readonly Verifier $verifier,
        private readonly string $prefix,
        private readonly ?Limit $limit = null,
    ) {
    }

    /**
     * @param array<mixed>|object|null $meta
     * @param list<string>             $uncounted members of the index that don't count against the limit
     *
     * @throws DataNotJson|SessionLimit|StoreUnavailable
     */
    public function sign(
        Keys $keys,
        #[\SensitiveParameter] mixed $data,
        #[\SensitiveParameter] ?string $subject,
        #[\SensitiveParameter] array|object|null $meta,
        int $expire,
        int $maxLifetime,
        #[\SensitiveParameter] array $uncounted = [],
    ): Token {
        $issuedAt = time();
        $token = Token::mint($keys, $issuedAt + $maxLifetime, $expire, $subject === null ? null : $keys->personOf($subject));
        $names = new SessionKeys($this->prefix, $token);
        $digits = sprintf('%010d', $issuedAt);
        $lines = "\n" . $this->lines->write($keys, Lines::place($names->session, 2, $digits), Notes::of($subject, $meta), 'meta')
            . "\n" . $this->lines->write($keys, Lines::place($names->session, 3), $data);
        if ($names->person === null) {
            $this->create($names->session, SessionHeader::withoutPerson($issuedAt) . $lines, $expire);
        } else {
            $signer = new PersonSign($this->store, $this->lines->encrypts, $this->limit);
            $signer->create($token, $names, $names->person, $digits, $lines, $uncounted);
        }

        return $token;
    }

    /** @param int|null $expire the idle timeout that starts now; the token's own by default */
    public function extend(Token $token, ?int $expire = null): bool
    {
        $seconds = $token->secondsToLive($expire);

        return $seconds >= 1 && Reply::flag($this->run('extend', $token, [Store::seconds($seconds), (string) time()]));
    }

    public function destroy(Token $token): bool
    {
        if ($token->secondsToLive() < 1) {
            return false;
        }
        $names = new SessionKeys($this->prefix, $token);

        return Reply::flag($this->store->run('destroy', $names->all(), [$names->member, '1']));
    }

    /**
     * @param non-empty-list<Keys> $ring
     * @param mixed                $data the new data, or a \Closure that makes it of the present data
     */
    public function update(array $ring, Token $token, #[\SensitiveParameter] mixed $data): bool
    {
        if ($token->secondsToLive() < 1) {
            return false;
        }
        if (!$data instanceof \Closure) {
            return $this->replace($ring, $token, $data, '') === 1;
        }
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $session = $this->verifier->read($ring, $token, false);
            $outcome = $session === null ? 0 : $this->replace($ring, $token, $data($session->data), $session->revision());
            if ($outcome !== 2) {
                return $outcome === 1;
            }
            usleep(random_int(0, 1000 * min($attempt, 10)));
        }
        throw new StoreUnavailable('server');
    }

    public function rotate(Token $token, int $grace, bool $retry): ?Token
    {
        $seconds = $token->secondsToLive();
        if ($seconds < 1) {
            return null;
        }
        $args = [(string) $grace, $retry ? '1' : '0', Store::seconds($seconds), (string) time()];
        $outcome = Reply::outcome($this->run('rotate', $token, $args), ['rotated', 'late', 'reuse', 'ended', 'limit']);

        return match ($outcome[0]) {
            'rotated' => $token->atGeneration(Reply::integer($outcome[1] ?? null)),
            'limit' => throw new RotationLimit(),
            default => null,
        };
    }

    private function create(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $value, int $expire): void
    {
        $reply = $this->store->send(['SET', $key, $value, 'EX', Store::seconds($expire), 'NX']);
        $isDone = Reply::isOk($reply)
            // A client that sends again after a lost reply meets its own first write here.
            || ($reply === null && $this->store->send(['GET', $key]) === $value);
        if (!$isDone) {
            throw new StoreUnavailable('reply');
        }
    }

    /**
     * @param non-empty-list<Keys> $ring
     * @param string               $revision of the session that the data was made of; empty to replace any
     *
     * @return int 1 where it did; 0 where the session isn't live; 2 where the session has another revision
     */
    private function replace(array $ring, Token $token, #[\SensitiveParameter] mixed $data, string $revision): int
    {
        $place = Lines::place((new SessionKeys($this->prefix, $token))->session, 3);
        $line = $this->lines->write($ring[0], $place, $data);
        $reply = $this->run('update', $token, [$line, $this->lines->encrypts ? '=' : '', $revision, (string) time()]);

        return in_array($reply, [0, 1, 2], true) ? $reply : throw new StoreUnavailable('reply');
    }

    /** Runs a script over a session and its person, whose first argument is the token's generation. @param list<string> $args */
    private function run(string $script, Token $token, #[\SensitiveParameter] array $args): mixed
    {
        return $this->store->run($script, (new SessionKeys($this->prefix, $token))->pair(), [(string) $token->generation, ...$args]);
    }
}
