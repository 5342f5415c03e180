<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Arguments;
use RedisWebToken\Exception\InvalidOption;

/** The attributes of the session cookie after their checks, defaults filled in. It is always `HttpOnly`. */
final class CookieOptions
{
    /** The longest that browsers keep a cookie, in seconds: 400 days (RFC 6265bis §5.5). */
    private const MAX_AGE = 400 * 86_400;

    private function __construct(
        public readonly string $name,
        private readonly string $domain,
        private readonly string $path,
        private readonly string $sameSite,
        private readonly bool $secure,
        public readonly bool $persistent,
        private readonly bool $partitioned,
    ) {
    }

    /** @throws InvalidOption */
    public static function read(mixed $options): self
    {
        $names = ['name' => '__Host-rwt', 'domain' => '', 'path' => '/', 'sameSite' => null, 'secure' => true, 'persistent' => true, 'partitioned' => false];
        $given = Arguments::known('cookie', Arguments::named('cookie', $options), $names);
        $partitioned = $given['partitioned'];
        $name = Arguments::textLike('/^[\w!#$%&\'*+.^`|~-]+$/D', 'cookie.name', $given['name'], 'be a token of RFC 6265');
        $path = Arguments::textLike('~^/[ -:<-\~]*$~D', 'cookie.path', $given['path'], 'begin with "/", without ;');
        $domain = Arguments::textLike('/^[\w.-]*$/D', 'cookie.domain', $given['domain'], 'be a host name');
        // A partitioned cookie is meant for iframes of other sites.
        $default = $partitioned === true ? 'None' : 'Lax';
        $sameSite = Arguments::textLike('/^(Strict|Lax|None)$/D', 'cookie.sameSite', $given['sameSite'] ?? $default, 'be Strict, Lax or None');
        $secure = Arguments::boolean('cookie.secure', $given['secure']);
        $persistent = Arguments::boolean('cookie.persistent', $given['persistent']);
        $partitioned = Arguments::boolean('cookie.partitioned', $partitioned);
        // Browsers ignore the case of the prefixes (RFC 6265bis §5.4).
        if (preg_match('/^__Host-/i', $name) === 1 && ($domain !== '' || $path !== '/' || !$secure)) {
            throw InvalidOption::range('cookie.name', 'not begin with __Host- with domain, path or secure: false: use __Secure-rwt, or rwt over HTTP');
        }
        if (!$secure && ($sameSite === 'None' || $partitioned || preg_match('/^__Secure-/i', $name) === 1)) {
            throw InvalidOption::range('cookie.secure', 'be true for None, partitioned or __Secure-');
        }

        return new self($name, $domain, $path, $sameSite, $secure, $persistent, $partitioned);
    }

    /** The same cookie, but kept by the browser as the user chose. */
    public function persisting(bool $persistent): self
    {
        return new self($this->name, $this->domain, $this->path, $this->sameSite, $this->secure, $persistent, $this->partitioned);
    }

    /**
     * The value of a `Set-Cookie` header. A token and the checked attributes contain nothing to escape. To clear a cookie, browsers need
     * the attributes that it was set with.
     *
     * @param string $token       empty to clear the cookie
     * @param int    $secondsLeft seconds until the session's deadline, when a persistent cookie expires
     */
    public function header(#[\SensitiveParameter] string $token, int $secondsLeft = 0): string
    {
        return implode('; ', array_filter([
            "$this->name=$token",
            $this->persistent || $token === '' ? 'Max-Age=' . min($secondsLeft, self::MAX_AGE) : '',
            $this->domain === '' ? '' : "Domain=$this->domain",
            "Path=$this->path",
            'HttpOnly',
            $this->secure ? 'Secure' : '',
            "SameSite=$this->sameSite",
            $this->partitioned ? 'Partitioned' : '',
        ], static fn (string $part): bool => $part !== ''));
    }

    /**
     * The values of all of a request's cookies of this name, in their order. Browsers send several if their hosts or paths differ, the
     * one with the longest path first (RFC 6265 §5.4). Clients may put blanks around names and values, and quotes around values.
     *
     * @return list<string>
     */
    public function valuesIn(#[\SensitiveParameter] string $header): array
    {
        // Skip only blanks and tabs before a name: browsers treat other white space as part of it, so that any host could set such a
        // `__Host-rwt`. A semicolon ends a value even within quotes, and a comma doesn't (§4.2.1): otherwise one cookie's value could
        // smuggle in another cookie.
        $name = preg_quote($this->name, '/');
        preg_match_all("/(?:^|;)[ \\t]*{$name}[ \\t]*=[ \\t]*\"?([^\\s\\xa0;\"]+)/", $header, $found);

        return $found[1];
    }
}
