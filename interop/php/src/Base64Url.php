<?php

declare(strict_types=1);

namespace RedisWebToken;

/** base64url without padding (RFC 4648 §5). */
final class Base64Url
{
    public static function encode(#[\SensitiveParameter] string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    /** @return string|null null for any text but the one spelling of some bytes: no padding, no unused bits */
    public static function decode(#[\SensitiveParameter] string $text): ?string
    {
        $bytes = base64_decode(strtr($text, '-_', '+/'), true);

        return $bytes !== false && self::encode($bytes) === $text ? $bytes : null;
    }
}
