<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;

/** The encrypted form of a session value: `e1.`, and the IV, ciphertext and tag of AES-256-GCM as base64url. */
final class SealedValue
{
    private const MARK = 'e1.';
    private const CIPHER = 'aes-256-gcm';
    private const IV_BYTES = 12;
    private const TAG_BYTES = 16;

    /**
     * @param string      $key the Redis key that it is for
     * @param string|null $iv  12 bytes; from the CSPRNG but in tests of the format
     */
    public static function seal(Keys $keys, string $key, #[\SensitiveParameter] string $text, ?string $iv = null): string
    {
        $iv ??= random_bytes(self::IV_BYTES);
        $tag = '';
        $sealed = openssl_encrypt($text, self::CIPHER, $keys->payload(), OPENSSL_RAW_DATA, $iv, $tag, $key, self::TAG_BYTES);
        if ($sealed === false) {
            throw InvalidOption::range('encrypt', 'false: OpenSSL refused to encrypt');
        }

        return self::MARK . Token::toBase64Url($iv . $sealed . $tag);
    }

    /**
     * @param list<Keys> $ring  the keys that may have encrypted it
     * @param string     $key   the Redis key that it was found at
     * @param bool       $plain whether sessions that aren't encrypted count
     *
     * @return string|null the session's text; null where it isn't the session that was signed
     *
     * @throws StoreUnavailable where this PHP can't decrypt, which says nothing about the session
     */
    public static function open(array $ring, string $key, #[\SensitiveParameter] string $value, bool $plain = true): ?string
    {
        if (!str_starts_with($value, self::MARK)) {
            // Text that is no JSON object at all is no answer: it stays for the caller to say so.
            return $plain || !str_starts_with(ltrim($value), '{') ? $value : null;
        }
        if (!self::isPossible()) {
            throw new StoreUnavailable('reply');
        }
        $text = substr($value, strlen(self::MARK));
        $bytes = Token::fromBase64Url($text);
        // The one form that these bytes have: no padding, no other alphabet, no unused bits.
        if (strlen($bytes) < self::IV_BYTES + self::TAG_BYTES || Token::toBase64Url($bytes) !== $text) {
            return null;
        }
        $iv = substr($bytes, 0, self::IV_BYTES);
        $tag = substr($bytes, -self::TAG_BYTES);
        $sealed = substr($bytes, self::IV_BYTES, -self::TAG_BYTES);
        foreach ($ring as $keys) {
            $opened = openssl_decrypt($sealed, self::CIPHER, $keys->payload(), OPENSSL_RAW_DATA, $iv, $tag, $key);
            if ($opened !== false) {
                return $opened;
            }
        }

        return null;
    }

    /** Whether this PHP has the cipher. */
    public static function isPossible(): bool
    {
        return extension_loaded('openssl') && in_array(self::CIPHER, openssl_get_cipher_methods(), true);
    }
}
