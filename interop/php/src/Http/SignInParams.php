<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Arguments;
use RedisWebToken\Exception\InvalidOption;

/** The params of a sign-in: those of `sign`, and how long the browser keeps the cookie. */
final class SignInParams
{
    /**
     * @param CookieOptions|null   $cookie null if the cookie isn't a carrier
     * @param array<string, mixed> $params
     *
     * @return array{?CookieOptions, array<string, mixed>} the cookie to set, and the params of `sign`
     *
     * @throws InvalidOption
     */
    public static function read(?CookieOptions $cookie, #[\SensitiveParameter] array $params): array
    {
        $persistent = $params['persistent'] ?? null;
        unset($params['persistent']);
        Arguments::boolean('persistent', $persistent ?? true);
        if ($cookie === null) {
            return [null, $params];
        }
        $kept = $cookie->persisting($persistent ?? $cookie->persistent);
        // The default isn't noted.
        if ($persistent !== null || !$kept->persistent) {
            $meta = Arguments::meta($params['meta'] ?? null) ?? new \stdClass();
            $params['meta'] = (object) array_replace((array) $meta, ['persistent' => $kept->persistent]);
        }

        return [$kept, $params];
    }
}
