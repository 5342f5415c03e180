<?php

declare(strict_types=1);

namespace RedisWebToken;

/** The keys derived from one secret by HKDF-SHA-256 with an empty salt (RFC 5869). */
final class Keys
{
    private const KEPT = 100;

    /** @var array<string, self> */
    private static array $kept = [];

    /** A hint, 0 to 255, at which secret of a ring signed a token; two secrets may share one. */
    public readonly int $kid;
    private readonly string $token;
    private readonly string $lookup;
    /** @var array<string, string> the keys that not every request needs, once they are derived */
    private array $others = [];

    /**
     * @param string $extracted the pseudorandom key of HKDF
     * @param string $info      what the keys are for, as HKDF's info has it: the name of each key takes the place of %s
     */
    private function __construct(#[\SensitiveParameter] private readonly string $extracted, private readonly string $info = 'rwt/1/%s')
    {
        $this->kid = ord($this->derive('kid'));
        $this->token = $this->derive('token');
        $this->lookup = $this->derive('lookup');
    }

    /** Derives a secret's keys, or returns them if this process has derived them before. */
    public static function of(#[\SensitiveParameter] string $secret): self
    {
        $name = hash('sha256', $secret, true);
        if (!isset(self::$kept[$name])) {
            self::$kept = array_slice(self::$kept, 1 - self::KEPT, null, true);
            // An empty salt stands for 32 zeros.
            self::$kept[$name] = new self(hash_hmac('sha256', $secret, str_repeat("\0", 32), true));
        }

        return self::$kept[$name];
    }

    /**
     * The keys of one purpose of one-time tokens. They differ from those of sessions and of other purposes, so that no token of one
     * passes as a token of another.
     */
    public function forPurpose(string $purpose): self
    {
        return new self($this->extracted, "rwt/1/once/%s/$purpose");
    }

    /** The 16-byte tag of a token's body. */
    public function tagOf(#[\SensitiveParameter] string $body): string
    {
        return substr(hash_hmac('sha256', $body, $this->token, true), 0, Token::TAG_BYTES);
    }

    /** 32 bytes of a session's id: the lookup in the first 16, the person's mask in the next 12. */
    public function lookupOf(#[\SensitiveParameter] string $id): string
    {
        return hash_hmac('sha256', $id, $this->lookup, true);
    }

    /** The 12 bytes that stand for a subject in Redis. */
    public function personOf(#[\SensitiveParameter] string $subject): string
    {
        return substr(hash_hmac('sha256', $subject, $this->other('subject'), true), 0, Token::PERSON_BYTES);
    }

    /** The key of AES-256-GCM that encrypts lines of values: 32 bytes. */
    public function payload(): string
    {
        return $this->other('payload');
    }

    /** The key of AES-256 that makes public ids: 32 bytes. */
    public function id(): string
    {
        return $this->other('id');
    }

    /** The 16 bytes that stand in Redis for a person's one-time code: it proves nothing for another person. */
    public function codeHash(string $person, #[\SensitiveParameter] string $code): string
    {
        return substr(hash_hmac('sha256', $person . $code, $this->other('code'), true), 0, 16);
    }

    private function other(string $name): string
    {
        return $this->others[$name] ??= $this->derive($name);
    }

    /** 32 bytes: one block of HKDF's output, which is enough for each key. */
    private function derive(string $name): string
    {
        return hash_hmac('sha256', sprintf($this->info, $name) . "\x01", $this->extracted, true);
    }

    /** @return array<string, mixed> nothing secret for var_dump */
    public function __debugInfo(): array
    {
        return ['kid' => $this->kid];
    }
}
