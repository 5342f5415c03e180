<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;

/** A line of a value, encrypted: `e1.`, and the IV, ciphertext and tag of AES-256-GCM as base64url. */
final class SealedLine
{
    private const MARK = 'e1.';
    private const CIPHER = 'aes-256-gcm';
    private const IV_BYTES = 12;
    private const TAG_BYTES = 16;

    /**
     * @param string      $place the line that it is for, as Lines names it
     * @param string|null $iv    12 bytes; from the CSPRNG except in tests of the format
     */
    public static function seal(Keys $keys, string $place, #[\SensitiveParameter] string $text, ?string $iv = null): string
    {
        $iv ??= random_bytes(self::IV_BYTES);
        $tag = '';
        $sealed = openssl_encrypt($text, self::CIPHER, $keys->payload(), OPENSSL_RAW_DATA, $iv, $tag, $place, self::TAG_BYTES);
        if ($sealed === false) {
            throw InvalidOption::range('encrypt', 'be false: OpenSSL refused to encrypt');
        }

        return self::MARK . Base64Url::encode($iv . $sealed . $tag);
    }

    /**
     * @param list<Keys> $ring  the keys that may have encrypted it
     * @param string     $place the line that it was found at
     *
     * @return string|null null where none of the keys encrypted it for this line
     *
     * @throws StoreUnavailable where this PHP can't decrypt, which says nothing about the session
     */
    public static function open(array $ring, string $place, #[\SensitiveParameter] string $line): ?string
    {
        if (!self::isPossible()) {
            throw new StoreUnavailable('encrypted');
        }
        $bytes = Base64Url::decode(substr($line, strlen(self::MARK)));
        if ($bytes === null || strlen($bytes) < self::IV_BYTES + self::TAG_BYTES) {
            return null;
        }
        $iv = substr($bytes, 0, self::IV_BYTES);
        $tag = substr($bytes, -self::TAG_BYTES);
        $sealed = substr($bytes, self::IV_BYTES, -self::TAG_BYTES);
        foreach ($ring as $keys) {
            $text = openssl_decrypt($sealed, self::CIPHER, $keys->payload(), OPENSSL_RAW_DATA, $iv, $tag, $place);
            if ($text !== false) {
                return $text;
            }
        }

        return null;
    }

    public static function isSealed(#[\SensitiveParameter] string $line): bool
    {
        return str_starts_with($line, self::MARK);
    }

    /** Whether this PHP has the cipher. */
    public static function isPossible(): bool
    {
        return extension_loaded('openssl') && in_array(self::CIPHER, openssl_get_cipher_methods(), true);
    }
}
