<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;

/** A secret, or a list of them, newest first, as each call brings it. */
final class Secrets
{
    private const MIN_BYTES = 32;

    private static bool $warned = false;

    /**
     * @param string|array<mixed> $secret
     *
     * @return non-empty-list<Keys>
     *
     * @throws InvalidOption
     */
    public static function keysOf(#[\SensitiveParameter] string|array $secret): array
    {
        $secrets = is_string($secret) ? [$secret] : array_values($secret);
        if ($secrets === []) {
            throw InvalidOption::range('secret', 'at least one secret');
        }
        // Not by array_map, whose arguments the trace of an exception shows.
        $ring = [];
        foreach ($secrets as $each) {
            $ring[] = Keys::of(self::check($each));
        }

        return $ring;
    }

    /** @param string|array<mixed> $secret that was checked */
    public static function newest(#[\SensitiveParameter] string|array $secret): string
    {
        return is_string($secret) ? $secret : array_values($secret)[0];
    }

    private static function check(#[\SensitiveParameter] mixed $secret): string
    {
        if (!is_string($secret)) {
            throw InvalidOption::type('secret', 'text or bytes, or a list of these, newest first', $secret);
        }
        if ($secret === '') {
            throw InvalidOption::range('secret', 'at least ' . self::MIN_BYTES . ' bytes long');
        }
        if (strlen($secret) < self::MIN_BYTES && !self::$warned) {
            self::$warned = true;
            // A deprecation: some frameworks make exceptions of warnings, and old code must go on working.
            trigger_error(
                'redis-web-token: a secret of less than 32 bytes can be guessed, and with it tokens can be forged. '
                    . 'Make one with `openssl rand -base64 32`.',
                E_USER_DEPRECATED,
            );
        }

        return $secret;
    }
}
