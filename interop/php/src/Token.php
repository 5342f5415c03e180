<?php

declare(strict_types=1);

namespace RedisWebToken;

/** A token whose tag was found right, or one just made. See SPEC.md, "Token". */
final class Token
{
    private const VERSION = 1;
    private const BODY_BYTES = 41;
    public const TAG_BYTES = 16;
    public const PERSON_BYTES = 12;
    public const LOOKUP_BYTES = 16;
    private const NOBODY = "\0\0\0\0\0\0\0\0\0\0\0\0";
    public const MAX_DEADLINE = 2 ** 40 - 1;
    public const MAX_SECONDS = 2 ** 32 - 1;
    public const MAX_GENERATION = 65_535;

    /** How many opened tokens a process memoizes, in about 6 MB: a worker sees the same ones again. A full memo is cleared. */
    private const MOST_OPENED = 16_384;

    /** @var array<string, self> genuine tokens alone, by their texts */
    private static array $opened = [];

    private function __construct(
        /** The keys of the secret that signed it. */
        public readonly Keys $keys,
        /** Unix seconds at which the session ends in any case. */
        public readonly int $deadline,
        /** Idle timeout in seconds. */
        public readonly int $expire,
        /** 0 at sign, one more for each rotation. */
        public readonly int $generation,
        /** The 12 bytes that stand for its subject; null where it has none. */
        public readonly ?string $person,
        /** 16 bytes that name the session in Redis, the same for all generations. */
        public readonly string $lookup,
        /** `rwt_` and 76 characters. */
        public readonly string $text,
    ) {
    }

    /**
     * Makes a token.
     *
     * @param string|null $person 12 bytes of Keys::personOf, or null without a subject
     * @param string|null $id     16 bytes; from the CSPRNG except in tests of the format
     */
    public static function mint(Keys $keys, int $deadline, int $expire, ?string $person, int $generation = 0, #[\SensitiveParameter] ?string $id = null): self
    {
        $fits = $deadline >= 0 && $deadline <= self::MAX_DEADLINE && $expire >= 1 && $expire <= self::MAX_SECONDS
            && $generation >= 0 && $generation <= self::MAX_GENERATION;
        if (!$fits) {
            throw new \RangeException('a number is too large for its field of the token');
        }
        $id ??= random_bytes(16);
        $hash = $keys->lookupOf($id);
        $body = chr(self::VERSION) . chr($keys->kid) . substr(pack('J', $deadline), 3) . pack('N', $expire)
            . pack('n', $generation) . (($person ?? self::NOBODY) ^ self::maskOf($hash)) . $id;

        return self::ofBody($keys, $body);
    }

    /** The token of another generation of the same session. */
    public function atGeneration(int $generation): self
    {
        return $generation === $this->generation
            ? $this
            : self::mint($this->keys, $this->deadline, $this->expire, $this->person, $generation, self::idIn(self::bytesOf($this->text)));
    }

    /** Whether a text has the form of a token, forged or not. */
    public static function looksRight(#[\SensitiveParameter] string $text): bool
    {
        return preg_match('/^rwt_[A-Za-z0-9_-]{76}$/D', $text) === 1;
    }

    /**
     * Opens a token without asking Redis. It doesn't look at the deadline.
     *
     * @param list<Keys> $ring the keys that may have signed it
     *
     * @return self|null null for anything but a token that one of these keys signed
     */
    public static function open(array $ring, #[\SensitiveParameter] mixed $text): ?self
    {
        if (!is_string($text)) {
            return null;
        }
        $known = self::$opened[$text] ?? null;
        if ($known !== null && in_array($known->keys, $ring, true)) {
            return $known;
        }
        if (!self::looksRight($text)) {
            return null;
        }
        $bytes = self::bytesOf($text);
        $body = substr($bytes, 0, self::BODY_BYTES);
        $tag = substr($bytes, self::BODY_BYTES);
        foreach (self::signersOf($ring, $body) as $keys) {
            if (hash_equals($keys->tagOf($body), $tag)) {
                if (count(self::$opened) >= self::MOST_OPENED) {
                    self::$opened = [];
                }

                return self::$opened[$text] = self::ofBody($keys, $body, $text);
            }
        }

        return null;
    }

    /**
     * The tokens that a body may be of: one for each secret with its kid, and so nearly always one.
     *
     * @param list<Keys> $ring
     * @param string     $body base64url, which proves nothing by itself
     *
     * @return list<self>
     */
    public static function ofStoredBody(array $ring, #[\SensitiveParameter] string $body): array
    {
        $bytes = Base64Url::decode($body);
        if ($bytes === null || strlen($bytes) !== self::BODY_BYTES) {
            return [];
        }

        return array_map(static fn (Keys $keys): self => self::ofBody($keys, $bytes), self::signersOf($ring, $bytes));
    }

    /**
     * Seconds that the session's key may live from now; below 1 after the deadline.
     *
     * @param int|null $expire the idle timeout; the token's own by default
     */
    public function secondsToLive(?int $expire = null): int
    {
        return min($expire ?? $this->expire, $this->deadline - time());
    }

    /**
     * @param list<Keys> $ring
     *
     * @return list<Keys>
     */
    private static function signersOf(array $ring, #[\SensitiveParameter] string $body): array
    {
        if (ord($body[0]) !== self::VERSION || substr($body, 7, 4) === "\0\0\0\0") {
            return [];
        }

        $kid = ord($body[1]);
        $signers = [];
        foreach ($ring as $keys) {
            if ($keys->kid === $kid) {
                $signers[] = $keys;
            }
        }

        return $signers;
    }

    /** The 57 bytes of a token's text, which has one spelling. */
    private static function bytesOf(#[\SensitiveParameter] string $text): string
    {
        return (string) base64_decode(strtr(substr($text, 4), '-_', '+/'));
    }

    /** The 16 random bytes in a token or its body. */
    private static function idIn(#[\SensitiveParameter] string $bytes): string
    {
        return substr($bytes, 25, 16);
    }

    /** @param string|null $text the token's, where it was just opened: a body has one spelling */
    private static function ofBody(Keys $keys, #[\SensitiveParameter] string $body, #[\SensitiveParameter] ?string $text = null): self
    {
        $hash = $keys->lookupOf(self::idIn($body));
        $person = substr($body, 13, self::PERSON_BYTES) ^ self::maskOf($hash);
        $numbers = unpack('@2/Chigh/Nlow/Nexpire/ngeneration', $body);

        return new self(
            $keys,
            $numbers['high'] << 32 | $numbers['low'],
            $numbers['expire'],
            $numbers['generation'],
            $person === self::NOBODY ? null : $person,
            substr($hash, 0, self::LOOKUP_BYTES),
            $text ?? 'rwt_' . Base64Url::encode($body . $keys->tagOf($body)),
        );
    }

    /** Hides the person, so that tokens of two sessions don't show that they are of one person. */
    private static function maskOf(string $hash): string
    {
        return substr($hash, 16, self::PERSON_BYTES);
    }

    /** @return array<string, mixed> no token for var_dump */
    public function __debugInfo(): array
    {
        return ['deadline' => $this->deadline, 'expire' => $this->expire, 'generation' => $this->generation];
    }
}
