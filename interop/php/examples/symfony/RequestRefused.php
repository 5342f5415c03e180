<?php

declare(strict_types=1);

namespace App\Security;

use RedisWebToken\Http\Refusal;
use Symfony\Component\Security\Core\Exception\AuthenticationException;

/** Brings a refusal from `authenticate` to `onAuthenticationFailure`; null where the option `optional` let the request through. */
final class RequestRefused extends AuthenticationException
{
    public function __construct(public readonly ?Refusal $refusal)
    {
        parent::__construct('the request was refused');
    }
}
