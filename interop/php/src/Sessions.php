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
     * @param non-empty-list<Keys> $ring
     *
     * @throws DataNotJson|SessionLimit|StoreUnavailable
     */
    public function sign(array $ring, #[\SensitiveParameter] mixed $data, SignParams $params): Token
    {
        $keys = $ring[0];
        $issuedAt = time();
        $person = $params->subject === null ? null : $keys->personOf($params->subject);
        $token = Token::mint($keys, $issuedAt + $params->maxLifetime, $params->expire, $person);
        $names = new SessionKeys($this->prefix, $token);
        $digits = sprintf('%010d', $issuedAt);
        $lines = "\n" . $this->lines->write($keys, Lines::place($names->session, 2, $digits), $params->notes, 'meta')
            . "\n" . $this->lines->write($keys, Lines::place($names->session, 3), $data)
            . ($params->auth === null ? '' : "\n" . $this->lines->write($keys, Lines::place($names->session, 4), $params->auth));
        if ($names->person === null) {
            $this->create($names->session, SessionHeader::withoutPerson($issuedAt) . $lines, $params->expire);
        } else {
            $signer = new PersonSign($this->store, $this->lines->encrypts, $this->limit);
            $signer->create($token, $names, $names->person, $digits, $lines, $this->limit === null ? [] : self::members($ring, $params->replaces));
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
            return $this->replace($token, $data, '') === 1;
        }
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $session = $this->verifier->read($ring, $token, false);
            $outcome = $session === null ? 0 : $this->replace($token, $session->changed($data), $session->revision());
            if ($outcome !== 2) {
                return $outcome === 1;
            }
            usleep(random_int(0, 1000 * min($attempt, 10)));
        }
        throw new StoreUnavailable('server');
    }

    public function rotate(Token $token, int $grace, bool $retry): ?Token
    {
        return $this->advance($token, [(string) $grace, $retry ? '1' : '0'], []);
    }

    /**
     * A strict rotation that replaces line 4.
     *
     * @param array{at: int, amr?: list<string>, acr?: string} $auth
     */
    public function reauthenticate(Token $token, #[\SensitiveParameter] array $auth): ?Token
    {
        return $this->advance($token, ['0', '0'], $this->lineOf($token, 4, $auth));
    }

    /**
     * @param array{string, string} $how   seconds of grace, and whether a retry gets the same token
     * @param list<string>          $stamp what replaces line 4; none to keep it
     */
    private function advance(Token $token, array $how, #[\SensitiveParameter] array $stamp): ?Token
    {
        $seconds = $token->secondsToLive();
        if ($seconds < 1) {
            return null;
        }
        $args = [...$how, Store::seconds($seconds), (string) time(), ...$stamp];
        $outcome = Reply::outcome($this->run('rotate', $token, $args), ['rotated', 'late', 'reuse', 'ended', 'limit']);

        return match ($outcome[0]) {
            'rotated' => $token->atGeneration(Reply::integer($outcome[1] ?? null, Token::MAX_GENERATION)),
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
     * @param string $revision of the session that the data was made of; empty to replace any
     *
     * @return int 1 where it did; 0 where the session isn't live; 2 where the session has another revision
     */
    private function replace(Token $token, #[\SensitiveParameter] mixed $data, string $revision): int
    {
        $reply = $this->run('update', $token, [...$this->lineOf($token, 3, $data), $revision, (string) time()]);

        return in_array($reply, [0, 1, 2], true) ? $reply : throw new StoreUnavailable('reply');
    }

    /** @return array{string, string} as of Lines::replace */
    private function lineOf(Token $token, int $number, #[\SensitiveParameter] mixed $value): array
    {
        $place = Lines::place((new SessionKeys($this->prefix, $token))->session, $number);

        return $this->lines->replace($token->keys, $place, $value);
    }

    /**
     * What the index has of tokens. A token of other secrets is no member.
     *
     * @param list<Keys>   $ring
     * @param array<mixed> $tokens
     *
     * @return list<string>
     */
    private static function members(array $ring, #[\SensitiveParameter] array $tokens): array
    {
        $members = [];
        foreach ($tokens as $token) {
            $opened = Token::open($ring, $token);
            $members[] = $opened === null ? '' : Base64Url::encode($opened->lookup);
        }

        return $members;
    }

    /** Runs a script over a session and its person, whose first argument is the token's generation. @param list<string> $args */
    private function run(string $script, Token $token, #[\SensitiveParameter] array $args): mixed
    {
        return $this->store->run($script, (new SessionKeys($this->prefix, $token))->pair(), [(string) $token->generation, ...$args]);
    }
}
