<?php

declare(strict_types=1);

namespace RedisWebToken;

/** What is derived from one secret by HKDF-SHA-256 with an empty salt (RFC 5869). */
final class Keys
{
    private const KEPT = 100;

    /** @var array<string, self> */
    private static array $kept = [];

    private function __construct(
        /** A hint, 0 to 255, at which secret of a ring signed a token; two may share one. */
        public readonly int $kid,
        private readonly string $token,
        private readonly string $subject,
        private readonly string $payload,
    ) {
    }

    /** Derives the keys, or gives those that were derived before. */
    public static function of(#[\SensitiveParameter] string $secret): self
    {
        $name = hash('sha256', $secret, true);
        if (!isset(self::$kept[$name])) {
            $derive = static fn (string $key, int $bytes): string => hash_hkdf('sha256', $secret, $bytes, "rwt/1/$key");
            self::$kept = array_slice(self::$kept, 1 - self::KEPT, null, true);
            self::$kept[$name] = new self(ord($derive('kid', 1)), $derive('token', 32), $derive('subject', 32), $derive('payload', 32));
        }

        return self::$kept[$name];
    }

    /** HMAC-SHA-256 of a token's body: its tag in the first 16 bytes, its lookup in the last. */
    public function macOf(#[\SensitiveParameter] string $body): string
    {
        return hash_hmac('sha256', $body, $this->token, true);
    }

    /** HMAC-SHA-256 of a subject: its slot in the first 2 bytes, the name of its index in the next 16. */
    public function hashSubject(#[\SensitiveParameter] string $subject): string
    {
        return hash_hmac('sha256', $subject, $this->subject, true);
    }

    /** The key of AES-256-GCM that encrypts session values: 32 bytes. */
    public function payload(): string
    {
        return $this->payload;
    }

    /** @return array<string, mixed> nothing secret for var_dump */
    public function __debugInfo(): array
    {
        return ['kid' => $this->kid];
    }
}
