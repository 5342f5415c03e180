<?php

declare(strict_types=1);

namespace RedisWebToken;

/** A token whose tag was found right, or one just made. */
final class Token
{
    private const VERSION = 1;
    private const BODY_BYTES = 32;
    private const TAG_BYTES = 16;
    public const MAX_DEADLINE = 2 ** 40 - 1;
    public const MAX_SECONDS = 2 ** 32 - 1;

    private function __construct(
        /** `rwt_` and 64 characters. */
        public readonly string $text,
        /** Absolute end of life, Unix seconds. */
        public readonly int $deadline,
        /** Idle time-out, seconds. */
        public readonly int $expire,
        /** 2 bytes that choose the Redis Cluster slot. */
        public readonly string $slot,
        /** Its name in Redis, and in its subject's index. */
        public readonly string $lookup,
    ) {
    }

    /**
     * Makes a token.
     *
     * @param string $slot   2 bytes
     * @param string $random 19 bytes; from the CSPRNG but in tests of the format
     */
    public static function mint(Keys $keys, int $deadline, int $expire, string $slot, #[\SensitiveParameter] ?string $random = null): self
    {
        if ($deadline < 0 || $deadline > self::MAX_DEADLINE || $expire < 1 || $expire > self::MAX_SECONDS) {
            throw new \RangeException('a field of the token does not hold the number');
        }
        $body = chr(self::VERSION) . chr($keys->kid) . substr(pack('J', $deadline), 3) . pack('N', $expire)
            . $slot . ($random ?? random_bytes(19));

        return self::ofBody($body, $keys->macOf($body));
    }

    /**
     * Opens a token without asking anyone. It doesn't look at the deadline.
     *
     * @param list<Keys> $ring the keys that may have signed it
     *
     * @return self|null null for whatever isn't a token that one of these keys signed
     */
    public static function open(array $ring, #[\SensitiveParameter] string $text): ?self
    {
        if (preg_match('/^rwt_[\w-]{64}$/D', $text) !== 1) {
            return null;
        }
        $bytes = self::fromBase64Url(substr($text, 4));
        $body = substr($bytes, 0, self::BODY_BYTES);
        if (ord($body[0]) !== self::VERSION || substr($body, 7, 4) === "\0\0\0\0") {
            return null;
        }
        foreach ($ring as $keys) {
            if ($keys->kid !== ord($body[1])) {
                continue;
            }
            $mac = $keys->macOf($body);
            if (hash_equals(substr($mac, 0, self::TAG_BYTES), substr($bytes, self::BODY_BYTES))) {
                return self::ofBody($body, $mac);
            }
        }

        return null;
    }

    /**
     * Gives a token back from its body as base64url, which proves nothing by itself.
     *
     * @param list<Keys> $ring
     */
    public static function seal(array $ring, #[\SensitiveParameter] string $body): ?self
    {
        if (preg_match('/^[\w-]{43}$/D', $body) !== 1) {
            return null;
        }
        $bytes = self::fromBase64Url($body);
        foreach ($ring as $keys) {
            if ($keys->kid === ord($bytes[1])) {
                return self::ofBody($bytes, $keys->macOf($bytes));
            }
        }

        return null;
    }

    /** The Redis key of its session. */
    public function sessionKey(string $prefix): string
    {
        return $prefix . '{' . bin2hex($this->slot) . '}:s:' . $this->lookup;
    }

    /** The Redis key of a subject's index. */
    public static function subjectKey(Keys $keys, string $prefix, #[\SensitiveParameter] string $subject): string
    {
        $hash = $keys->hashSubject($subject);

        return $prefix . '{' . bin2hex(substr($hash, 0, 2)) . '}:u:' . self::indexName($hash);
    }

    /** What a subject's index is called, given Keys::hashSubject. */
    public static function indexName(string $hash): string
    {
        return self::toBase64Url(substr($hash, 2, 16));
    }

    private static function ofBody(#[\SensitiveParameter] string $body, #[\SensitiveParameter] string $mac): self
    {
        $deadline = unpack('J', "\0\0\0" . substr($body, 2, 5));
        $expire = unpack('N', substr($body, 7, 4));

        return new self(
            'rwt_' . self::toBase64Url($body . substr($mac, 0, self::TAG_BYTES)),
            $deadline[1] ?? 0,
            $expire[1] ?? 0,
            substr($body, 11, 2),
            self::toBase64Url(substr($mac, self::TAG_BYTES)),
        );
    }

    public static function toBase64Url(#[\SensitiveParameter] string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    /** Gives what it can of text that isn't of the alphabet alone: encode it again to find out. */
    public static function fromBase64Url(#[\SensitiveParameter] string $text): string
    {
        return (string) base64_decode(strtr($text, '-_', '+/'), true);
    }

    /** @return array<string, mixed> no token for var_dump */
    public function __debugInfo(): array
    {
        return ['deadline' => $this->deadline, 'expire' => $this->expire];
    }
}
