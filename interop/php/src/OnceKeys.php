<?php

declare(strict_types=1);

namespace RedisWebToken;

/** The Redis keys of what one secret has issued to a subject for one purpose. */
final class OnceKeys
{
    /** The 12 bytes that stand for the subject. */
    public readonly string $person;
    /** Of the token that newer ones replace. */
    public readonly string $token;
    public readonly string $code;

    /** @param Keys $keys of the purpose */
    public function __construct(public readonly Keys $keys, string $prefix, #[\SensitiveParameter] string $subject)
    {
        $this->person = $keys->personOf($subject);
        $this->token = self::ofToken($prefix, $this->person);
        $this->code = PersonKeys::baseOf($prefix, $this->person) . 'c:' . Base64Url::encode($this->person);
    }

    /** @param string $bytes the person where newer tokens replace it, else the token's lookup */
    public static function ofToken(string $prefix, string $bytes): string
    {
        return PersonKeys::baseOf($prefix, $bytes) . 'o:' . Base64Url::encode($bytes);
    }

    /** @return array<string, mixed> no keys for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
