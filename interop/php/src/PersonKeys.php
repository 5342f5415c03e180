<?php

declare(strict_types=1);

namespace RedisWebToken;

/** The Redis keys of a person. They share a slot of Redis Cluster with the keys of the person's sessions. */
final class PersonKeys
{
    /** The person's epoch, serial and, after updateAll, data. */
    public readonly string $person;
    /** The sorted set of the person's sessions. */
    public readonly string $index;
    private readonly string $base;

    /** @param string $person 12 bytes of Keys::personOf */
    public function __construct(string $prefix, string $person)
    {
        $this->base = self::baseOf($prefix, $person);
        $this->person = $this->base . 'p:' . Base64Url::encode($person);
        $this->index = $this->base . 'i:' . Base64Url::encode($person);
    }

    /** @param string $lookup base64url, as the index has it */
    public function session(#[\SensitiveParameter] string $lookup): string
    {
        return $this->base . 's:' . $lookup;
    }

    /** What the keys of a slot begin with. @param string $bytes the first two choose the slot */
    public static function baseOf(string $prefix, string $bytes): string
    {
        return $prefix . '{' . bin2hex(substr($bytes, 0, 2)) . '}:';
    }

    /** @return array<string, mixed> no keys for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
