from pywry_auth.coach.values import Advice as Advice
