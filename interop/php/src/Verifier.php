<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/** Finds out whether a token is live. See SPEC.md, "Verify". */
final class Verifier
{
    public function __construct(private readonly Store $store, private readonly Lines $lines, private readonly string $prefix)
    {
    }

    /**
     * @param list<Keys> $ring   the keys that may have encrypted the session
     * @param bool       $slides whether the idle time starts anew, in the same round trip
     *
     * @throws StoreUnavailable
     */
    public function read(array $ring, Token $token, bool $slides): ?LiveSession
    {
        $seconds = $token->secondsToLive();
        if ($seconds < 1) {
            return null;
        }
        $keys = new SessionKeys($this->prefix, $token);
        [$value, $personValue] = $this->fetch($keys, $slides ? $seconds : null);
        $header = $value === null ? null : SessionHeader::read($value);
        $person = $personValue === null ? null : PersonHeader::read($personValue);
        if ($header === null || ($keys->person !== null && $person === null) || !$header->isOf($person)) {
            return null;
        }
        if ($token->generation < $header->generation && !$this->isStillLive($keys, $token)) {
            return null;
        }
        $session = $this->decode($ring, $token, $keys, $header, $person, (string) $value, (string) $personValue);
        $isFirstUse = $token->generation === $header->generation && !$header->isUsed;
        if ($session !== null && ($isFirstUse || $token->generation > $header->generation)) {
            $this->markUsed($keys, $token);
        }

        return $session;
    }

    /** The generation that a session is at; null where there is none of this version. */
    public function presentGeneration(Token $token): ?int
    {
        $keys = new SessionKeys($this->prefix, $token);
        $value = Reply::text($this->store->send(['GET', $keys->session]));

        return $value === null ? null : SessionHeader::read($value)?->generation;
    }

    /** @return array{?string, ?string} the values of the session and of its person */
    private function fetch(SessionKeys $keys, ?int $slideTo): array
    {
        $session = $keys->session;
        if ($keys->person === null) {
            $read = $slideTo === null ? ['GET', $session] : ['GETEX', $session, 'EX', Store::seconds($slideTo)];

            try {
                return [Reply::text($this->store->send($read)), null];
            } catch (StoreUnavailable $unavailable) {
                // MGET replies nil for a key of another type, so GET's answer is the same.
                return $unavailable->isReply('WRONGTYPE') ? [null, null] : throw $unavailable;
            }
        }
        $pair = $keys->pair();
        $read = ['MGET', ...$pair];
        if ($slideTo === null) {
            return Reply::texts($this->store->send($read), 2);
        }
        [$slid, $values] = $this->store->sendAll($pair, [['EXPIRE', $session, Store::seconds($slideTo)], $read]);
        Reply::flag($slid);

        return Reply::texts($values, 2);
    }

    /** Whether a token of an older generation is within its grace. Reuse of one ends the session. */
    private function isStillLive(SessionKeys $keys, Token $token): bool
    {
        $verdict = $this->store->run('older', $keys->pair(), [(string) $token->generation, (string) time()]);

        return match ($verdict) {
            'live' => true,
            'late', 'reuse', 'ended' => false,
            default => throw new StoreUnavailable('reply'),
        };
    }

    /** Records the first use of a generation, which ends the life of the one before. */
    private function markUsed(SessionKeys $keys, Token $token): void
    {
        try {
            $this->store->run('use', $keys->pair(), [(string) $token->generation, (string) time()]);
        } catch (StoreUnavailable) {
            // The token is live all the same, and the next check records its use.
        }
    }

    /** @param list<Keys> $ring */
    private function decode(
        array $ring,
        Token $token,
        SessionKeys $keys,
        SessionHeader $header,
        ?PersonHeader $person,
        #[\SensitiveParameter] string $value,
        #[\SensitiveParameter] string $personValue,
    ): ?LiveSession {
        $lines = Lines::split($value);
        $about = $this->lines->open($ring, $lines, 2, $keys->session, $header->issuedAt);
        $data = $keys->person !== null && $person !== null && $person->serial > $header->serial
            ? $this->lines->open($ring, Lines::split($personValue), 2, $keys->person->person)
            : $this->lines->open($ring, $lines, 3, $keys->session);
        $notes = $about === null ? null : Notes::read($about);
        $auth = Authentication::find($this->lines, $ring, $lines, $keys->session);

        return $notes === null || $data === null || $auth === false ? null : new LiveSession($token, $data, $notes, $auth, $header, $person);
    }
}
